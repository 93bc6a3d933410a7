package io.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.catalog.RouteSchema;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says by itself, from what is packaged. */
class OfflineCommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nothing listens there: whoever asks a server fails. */
  private static final Map<String, String> NOBODY = Map.of("DROVER_URL", "http://127.0.0.1:1");

  private record Ran(int code, String out, String err) {}

  private static Ran run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Cli.run(args, new PrintWriter(out), new PrintWriter(err, true), NOBODY);
    return new Ran(code, out.toString(), err.toString());
  }

  @Test
  void listsAndShowsKamelets() throws IOException {
    Ran list = run("kamelets", "list");
    assertThat(list.code()).as(list.err()).isZero();
    assertThat(list.out()).contains("NAME", "prism-revert-vm-action");
    JsonNode all = JSON.readTree(run("kamelets", "list", "-o", "json").out());
    assertThat(all).hasSizeGreaterThan(50);

    String name = "prism-power-off-vm-action";
    assertThat(run("kamelets", "show", name).out())
        .contains("Power a VM off", "undone by: prism-power-on-vm-action", "PT15M", "vmExtId: ");
    JsonNode one = JSON.readTree(run("kamelets", "show", name, "-o", "json").out());
    assertThat(one.path("effect").asText()).isEqualTo("changes");
    assertThat(one.path("parameters").path(0).path("type").asText()).isEqualTo("duration");
    assertThat(run("kamelets", "show", name, "-o", "yaml").out()).contains("effect: \"changes\"");

    Ran none = run("kamelets", "show", "prism-power-of-vm-action");
    assertThat(none.code()).isEqualTo(ExitCode.NOT_FOUND);
    assertThat(none.err()).contains("nearest: " + name);
  }

  @Test
  void validatesTheSchemasBesideFiles(@TempDir Path folder) throws IOException {
    for (String name : List.of("look-at-vm.schema.json", "webhook.camel.yaml")) {
      Files.copy(Path.of("docs", "examples", name), folder.resolve(name));
    }
    assertThat(run("validate", folder.toString()).code()).isZero();
    Path schema = folder.resolve("look-at-vm.schema.json");
    Files.writeString(
        schema, Files.readString(schema).replace("\"type\": \"object\"", "\"type\": \"objec\""));
    Ran wrong = run("validate", folder.toString());
    assertThat(wrong.code()).isEqualTo(ExitCode.FINDINGS);
    assertThat(wrong.out()).contains(schema + ":3:", "inputs: type: \"objec\"");
  }

  @Test
  void printsSchemas() throws IOException {
    Ran routes = run("schema");
    assertThat(JSON.readTree(routes.out()))
        .isEqualTo(JSON.readTree(RouteSchema.generate().toString()));
    Ran inputs = run("schema", "patch-window");
    assertThat(inputs.code()).as(inputs.err()).isZero();
    assertThat(JSON.readTree(inputs.out()).path("properties").has("system")).isTrue();
    // Of others a running one knows; and whoever names a server gets what that one says.
    assertThat(run("schema", "mine").code()).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(run("schema", "patch-window", "--server", "http://127.0.0.1:1").code())
        .isEqualTo(ExitCode.UNREACHABLE);
  }
}
