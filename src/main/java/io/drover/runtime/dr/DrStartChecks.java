package io.drover.runtime.dr;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drover.dr.ReplicationPolicy;
import io.drover.execution.InvalidInput;
import io.drover.prism.PrismSettings;
import io.drover.runtime.StartCheck;
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
