package io.drover.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Inputs of a runbook: a file first, single ones over it. */
final class Inputs {
  @Option(
      names = {"-i", "--input"},
      paramLabel = "NAME=VALUE",
      description =
          "An input; a.b for one inside another. The value is read as JSON where it is that, else"
              + " as a text; \"007\" in double quotes stays a text")
  private Map<String, String> single = new LinkedHashMap<>();

  @Option(
      names = "--inputs",
      paramLabel = "FILE",
      description = "All inputs as a JSON or YAML object")
  private @Nullable Path file;

  ObjectNode read() {
    ObjectNode inputs = fromFile();
    single.forEach((name, value) -> put(inputs, name, value));
    return inputs;
  }

  private ObjectNode fromFile() {
    if (file == null) {
      return Output.JSON.createObjectNode();
    }
    try {
      JsonNode read = new YAMLMapper().readTree(Files.readString(file));
      if (read instanceof ObjectNode object) {
        return object;
      }
      throw new CliFailure(ExitCode.FINDINGS, "--inputs: " + file + " (expected: an object)");
    } catch (JsonProcessingException e) {
      throw new CliFailure(
          ExitCode.FINDINGS,
          "--inputs: " + file + " is neither JSON nor YAML: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CliFailure(ExitCode.NOT_FOUND, "--inputs: " + file + " cannot be read");
    }
  }

  private static void put(ObjectNode inputs, String path, String value) {
    ObjectNode at = inputs;
    String[] names = path.split("\\.", -1);
    for (int i = 0; i < names.length - 1; i++) {
      JsonNode inner = at.get(names[i]);
      at = inner instanceof ObjectNode object ? object : at.putObject(names[i]);
    }
    at.set(names[names.length - 1], value(value));
  }

  private static JsonNode value(String text) {
    try {
      JsonNode read = Output.JSON.readTree(text);
      return read == null || read.isMissingNode()
          ? Output.JSON.getNodeFactory().textNode(text)
          : read;
    } catch (JsonProcessingException e) {
      return Output.JSON.getNodeFactory().textNode(text);
    }
  }
}
