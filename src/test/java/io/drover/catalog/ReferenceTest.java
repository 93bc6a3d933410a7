package io.drover.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The pages and files that are made of the code are what it makes now; {@code mvn
 * -Dtest=ReferenceTest -Ddrover.write-docs=true test} writes them.
 */
class ReferenceTest {
  private static final Path DOCS = Path.of("docs");

  private static void same(Path file, String made) throws IOException {
    if (Boolean.getBoolean("drover.write-docs")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, made);
    }
    assertThat(Files.readString(file))
        .as("%s; write it: mvn -Dtest=ReferenceTest -Ddrover.write-docs=true test", file)
        .isEqualTo(made);
  }

  @Test
  void thePageOfBlocksIsCurrent() throws IOException {
    same(DOCS.resolve("kamelets.md"), KameletReference.of(Known.packaged().kamelets()));
  }

  @Test
  void theSchemaOfRouteFilesIsCurrent() throws JsonProcessingException, IOException {
    String made =
        new ObjectMapper()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsString(RouteSchema.generate());
    same(DOCS.resolve("schemas").resolve("drover-routes.schema.json"), made + "\n");
  }

  @Test
  void thePageOfRulesHasEachRule() throws IOException {
    String page = Files.readString(DOCS.resolve("rules.md"));
    for (String rule : Catalog.rules()) {
      assertThat(page).contains("| `" + rule + "` |");
    }
    assertThat(page.lines().filter(line -> line.startsWith("| `"))).hasSize(Catalog.rules().size());
  }

  @Test
  void inputsAreToldApartByTheirBrackets() {
    assertThat(KameletReference.inputs("system (a (configured) one), vm (of a, or b; optional)."))
        .isEqualTo(Map.of("system", "a (configured) one", "vm", "of a, or b; optional"));
  }
}
