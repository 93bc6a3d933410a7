package io.drover.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What a test sees of the simulated ServiceNow, and what it does to it. */
public final class ServiceNowClient {
  private final SimulatorClient world;

  ServiceNowClient(SimulatorClient world) {
    this.world = world;
  }

  /** A record of the CMDB. */
  public record Ci(String sysId, String name, String objectId, JsonNode values) {}

  /** An incident with what was written into its journal, in order. */
  public record Incident(
      String sysId,
      String number,
      String state,
      String correlationId,
      String title,
      String description,
      List<String> notes) {}

  public List<Ci> cis() {
    return StreamSupport.stream(world.get("/cmdb").spliterator(), false)
        .map(
            row ->
                new Ci(
                    row.path("sys_id").asText(),
                    row.path("name").asText(),
                    row.path("object_id").asText(),
                    row))
        .toList();
  }

  public List<Incident> incidents() {
    List<Incident> incidents = new ArrayList<>();
    for (JsonNode row : world.get("/incidents")) {
      List<String> notes = new ArrayList<>();
      row.path("journal").forEach(note -> notes.add(note.asText()));
      incidents.add(
          new Incident(
              row.path("sys_id").asText(),
              row.path("number").asText(),
              row.path("state").asText(),
              row.path("correlation_id").asText(),
              row.path("short_description").asText(),
              row.path("description").asText(),
              notes));
    }
    return incidents;
  }

  /** Adds a record: pairs of field and value; its sys_id. */
  public String addCi(Object... pairs) {
    return world.post("/cmdb", SimulatorClient.object(pairs)).path("sys_id").asText();
  }

  /** Changes the record whose {@code sys_id} is among the pairs. */
  public void changeCi(Object... pairs) {
    world.post("/cmdb", SimulatorClient.object(pairs));
  }

  public void deleteCi(String sysId) {
    world.post("/cmdb", SimulatorClient.object("sys_id", sysId, "delete", true));
  }

  /** Adds an incident, or changes the one whose {@code sys_id} is among the pairs. */
  public String incident(Object... pairs) {
    return world.post("/incidents", SimulatorClient.object(pairs)).path("sys_id").asText();
  }

  public void deleteIncident(String sysId) {
    world.post("/incidents", SimulatorClient.object("sys_id", sysId, "delete", true));
  }

  /**
   * Switches: {@code invalidQuery}, {@code hidden}, {@code errors}, {@code count}, {@code expire}.
   */
  public void configure(Object... pairs) {
    world.post("/servicenow", SimulatorClient.object(pairs));
  }
}
