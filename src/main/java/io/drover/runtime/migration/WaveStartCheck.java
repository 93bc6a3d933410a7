package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import io.drover.execution.InvalidInput;
import io.drover.prism.PrismSettings;
import io.drover.runtime.StartCheck;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks whether a wave's systems are configured, before anything is recorded. */
final class WaveStartCheck implements StartCheck {
  private final MigrationProperties settings;
  private final Map<String, PrismSettings> prisms;

  WaveStartCheck(MigrationProperties settings, Map<String, PrismSettings> prisms) {
    this.settings = settings;
    this.prisms = prisms;
  }

  @Override
  public String runbook() {
    return "migration-wave";
  }

  @Override
  public void check(JsonNode inputs) {
    List<InvalidInput.Field> wrong = new ArrayList<>();
    known("vcenter", "drover.systems.vcenter", inputs, settings.vcenters().keySet(), wrong);
    known("move", "drover.systems.move", inputs, settings.moves().keySet(), wrong);
    known("system", "drover.systems.prism", inputs, prisms.keySet(), wrong);
    if (inputs.has("ansible")) {
      JsonNode ansible = inputs.path("ansible");
      known("system", "drover.systems.ansible", ansible, settings.ansibles().keySet(), wrong);
    }
    PrismSettings prism = prisms.get(inputs.path("system").asText());
    if (prism != null && prism.apiKey() != null) {
      wrong.add(
          new InvalidInput.Field(
              "system",
              inputs.path("system").asText(),
              "a Prism Central that is configured with username and password: Move takes no API"
                  + " key"));
    }
    for (JsonNode network : inputs.path("networks")) {
      if (network.has("test") && network.path("test").equals(network.path("target"))) {
        wrong.add(
            new InvalidInput.Field(
                "networks.test",
                network.path("test").asText(),
                "a network other than the target, as Move demands"));
      }
    }
    if (inputs.path("testMigration").asBoolean()) {
      for (JsonNode network : inputs.path("networks")) {
        if (!network.has("test")) {
          wrong.add(
              new InvalidInput.Field(
                  "networks.test", "(missing)", "a test network of each one, for testMigration"));
        }
      }
    }
    try {
      Duration patience = Duration.parse(inputs.path("copyPatience").asText());
      if (patience.isNegative() || patience.isZero()) {
        throw new DateTimeException("nothing");
      }
    } catch (DateTimeException e) {
      wrong.add(
          new InvalidInput.Field(
              "copyPatience", inputs.path("copyPatience").asText(), "a duration like P14D"));
    }
    if (!wrong.isEmpty()) {
      throw new InvalidInput(wrong);
    }
  }

  private static void known(
      String field,
      String where,
      JsonNode inputs,
      Set<String> names,
      List<InvalidInput.Field> wrong) {
    String name = inputs.path(field).asText();
    if (!names.contains(name)) {
      wrong.add(new InvalidInput.Field(field, name, "a name of " + where + ": " + names));
    }
  }
}
