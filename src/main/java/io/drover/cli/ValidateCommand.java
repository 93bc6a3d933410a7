package io.drover.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drover.catalog.Catalog;
import io.drover.catalog.Declared;
import io.drover.catalog.Finding;
import io.drover.catalog.Known;
import io.drover.catalog.Report;
import io.drover.catalog.Runbook;
import io.drover.catalog.Trust;
import io.drover.inputs.InputSchema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks route files without a running Drover, by the same rules that Drover loads them by. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Check route files offline, together: they may start each other's runbooks.",
      "Exit code 3 on findings. What Camel itself would refuse is only seen by a running Drover"
          + " (routes check)."
    })
final class ValidateCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 512 * 1024 + 1;

  @Mixin private Common common = new Common();

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files, or folders of *.camel.yaml")
  private List<Path> files = new ArrayList<>();

  @Option(
      names = "--shipped",
      description = "For who works on Drover: judge a changed file as one that it ships")
  private boolean shipped;

  @Override
  public Integer call() {
    Catalog catalog = new Catalog();
    Known known = Known.packaged();
    List<Text> texts = new ArrayList<>();
    for (Path file : files()) {
      byte[] bytes = read(file);
      String name = String.valueOf(file.getFileName());
      texts.add(new Text(file, name, bytes, catalog.declared(name, bytes)));
    }
    ArrayNode findings = Output.JSON.createArrayNode();
    Output output = common.output();
    List<Declared> before = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Text text = texts.get(i);
      List<Declared> after =
          texts.subList(i + 1, texts.size()).stream().map(Text::declared).toList();
      Trust trust = shipped ? Trust.SHIPPED : Trust.in(text.name(), text.bytes());
      Report report =
          catalog.examine(
              text.name(),
              text.bytes(),
              trust,
              trust == Trust.OPERATOR ? known.beside(before, after) : known);
      report.findings().forEach(finding -> findings.add(json(text.path(), finding)));
      schemas(text, findings);
      before.add(text.declared());
    }
    if (output.forPeople()) {
      for (JsonNode finding : findings) {
        output.line(Output.plain(finding.path("file").asText()) + finding.path("text").asText());
      }
      output.line(
          texts.size()
              + (texts.size() == 1 ? " file, " : " files, ")
              + findings.size()
              + (findings.size() == 1 ? " finding" : " findings"));
    } else {
      findings.forEach(finding -> ((ObjectNode) finding).remove("text"));
      output.raw(findings);
    }
    return findings.isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
  }

  /** The schemas beside a file belong to it. */
  private static void schemas(Text text, ArrayNode findings) {
    for (Runbook runbook : text.declared().runbooks()) {
      if (!runbook.name().matches("[a-z0-9-]+")) {
        continue; // a finding already, and no part of a path
      }
      String name = runbook.name() + InputSchema.ENDING;
      Path schema = text.path().resolveSibling(name);
      if (Files.isRegularFile(schema)) {
        Finding finding =
            InputSchema.finding(name, new String(read(schema), StandardCharsets.UTF_8));
        if (finding != null) {
          findings.add(json(schema, finding));
        }
      }
    }
  }

  private static ObjectNode json(Path path, Finding finding) {
    ObjectNode node = Output.JSON.createObjectNode();
    node.put("file", path.toString());
    node.put("line", finding.line()).put("column", finding.column());
    node.put("rule", finding.rule());
    node.put("found", finding.found()).put("expected", finding.expected());
    node.put("nearest", finding.nearest());
    // Behind the path, as editors and terminals link it.
    node.put("text", finding.text().substring(finding.file().length()));
    return node;
  }

  private List<Path> files() {
    List<Path> all = new ArrayList<>();
    for (Path file : files) {
      if (!Files.isDirectory(file)) {
        all.add(file);
        continue;
      }
      try (Stream<Path> found = Files.list(file)) {
        found.filter(f -> f.toString().endsWith(".camel.yaml")).sorted().forEach(all::add);
      } catch (IOException e) {
        throw new CliFailure(ExitCode.NOT_FOUND, file + " cannot be listed");
      }
    }
    return all;
  }

  /** One byte more than may be: enough to refuse the file. */
  private static byte[] read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MOST_BYTES);
    } catch (IOException e) {
      throw new CliFailure(
          ExitCode.NOT_FOUND, file + " cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private record Text(Path path, String name, byte[] bytes, Declared declared) {}
}
