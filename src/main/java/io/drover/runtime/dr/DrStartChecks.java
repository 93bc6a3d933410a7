package io.drover.runtime.dr;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.dr.ReplicationPolicy;
import io.drover.execution.InvalidInput;
import io.drover.prism.PrismSettings;
import io.drover.runtime.StartCheck;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What would make a run pointless is said before it begins. */
final class DrStartChecks {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final Map<String, PrismSettings> systems;
  private final DrProperties settings;

  DrStartChecks(Map<String, PrismSettings> systems, DrProperties settings) {
    this.systems = systems;
    this.settings = settings;
  }

  private record Check(String runbook, java.util.function.Consumer<JsonNode> work)
      implements StartCheck {
    @Override
    public void check(JsonNode inputs) {
      work.accept(inputs);
    }
  }

  StartCheck replication() {
    return new Check("dr-replication", this::checkReplication);
  }

  private void checkReplication(JsonNode inputs) {
    List<InvalidInput.Field> wrong = new ArrayList<>();
    PrismSettings source = known("system", inputs, wrong);
    known("target", inputs, wrong);
    different(inputs, wrong);
    if (source != null && source.apiKey() != null) {
      wrong.add(
          new InvalidInput.Field(
              "system",
              inputs.path("system").asText(),
              "a Prism Central that is configured with username and password: Prism does not"
                  + " replicate for an API key"));
    }
    try {
      ReplicationPolicy.of(JSON.convertValue(inputs, MAP), settings.longestRetention());
    } catch (InvalidInput e) {
      wrong.addAll(e.fields());
    }
    refuse(wrong);
  }

  StartCheck drill() {
    return new Check("dr-drill", this::checkDrill);
  }

  /** A drill on a network that nobody called isolated would be a second production. */
  private void checkDrill(JsonNode inputs) {
    List<InvalidInput.Field> wrong = new ArrayList<>();
    known("system", inputs, wrong);
    known("target", inputs, wrong);
    different(inputs, wrong);
    boolean drill = inputs.path("mode").asText().equals("drill");
    List<String> isolated = settings.testNetworksOf(inputs.path("target").asText());
    if (drill && !isolated.contains(inputs.path("network").asText())) {
      wrong.add(
          new InvalidInput.Field(
              "network",
              inputs.has("network") ? inputs.path("network").asText() : "(missing)",
              "one of the isolated networks of drover.dr.test-networks."
                  + inputs.path("target").asText()
                  + ": "
                  + isolated));
    }
    if (drill && inputs.has("sourceVms")) {
      wrong.add(
          new InvalidInput.Field(
              "sourceVms",
              inputs.path("sourceVms").asText(),
              "only with mode failover; a drill leaves production alone"));
    }
    if (!drill && !inputs.has("sourceVms")) {
      wrong.add(
          new InvalidInput.Field(
              "sourceVms", "(missing)", "power-off or leave, said plainly, for a failover"));
    }
    try {
      Duration age = Duration.parse(inputs.path("maxCopyAge").asText());
      if (age.isNegative() || age.isZero()) {
        throw new DateTimeException("nothing");
      }
    } catch (DateTimeException e) {
      wrong.add(
          new InvalidInput.Field(
              "maxCopyAge", inputs.path("maxCopyAge").asText(), "a duration like P7D"));
    }
    refuse(wrong);
  }

  @Nullable PrismSettings known(String field, JsonNode inputs, List<InvalidInput.Field> wrong) {
    String name = inputs.path(field).asText();
    PrismSettings found = systems.get(name);
    if (found == null) {
      wrong.add(
          new InvalidInput.Field(
              field, name, "one of " + systems.keySet().stream().sorted().toList()));
    }
    return found;
  }

  private static void different(JsonNode inputs, List<InvalidInput.Field> wrong) {
    String target = inputs.path("target").asText();
    if (target.equals(inputs.path("system").asText())) {
      wrong.add(new InvalidInput.Field("target", target, "another Prism Central than system"));
    }
  }

  private static void refuse(List<InvalidInput.Field> wrong) {
    if (!wrong.isEmpty()) {
      throw new InvalidInput(wrong);
    }
  }
}
