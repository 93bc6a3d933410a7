package io.drover.prism;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task as one read showed it.
 *
 * @param operation e.g. {@code EntitySnapshotReplicate}, with the description behind it; may be
 *     empty
 * @param details completionDetails by name; ids of what was made
 * @param messages why it failed; often empty, the reason then stands in a sub-task
 */
public record PrismTask(
    String extId,
    Status status,
    String operation,
    @Nullable Instant createdTime,
    @Nullable Instant completedTime,
    Map<String, String> details,
    List<Affected> affected,
    List<AppMessage> messages,
    @Nullable String legacyMessage,
    boolean hasSubTasks) {

  /** Where a task is. What is not one of Prism's words is {@code UNKNOWN} and taken as open. */
  public enum Status {
    QUEUED,
    RUNNING,
    CANCELING,
    SUSPENDED,
    UNKNOWN,
    SUCCEEDED,
    FAILED,
    CANCELED;

    public boolean terminal() {
      return this == SUCCEEDED || this == FAILED || this == CANCELED;
    }

    static Status of(@Nullable String word) {
      for (Status status : values()) {
        if (status.name().equals(word)) {
          return status;
        }
      }
      return UNKNOWN;
    }
  }

  /** Something that a task touched: both what it read and what it made. */
  public record Affected(String extId, String rel) {}

  /** Reads a task; null when the node has no id. */
  public static @Nullable PrismTask of(JsonNode node) {
    String extId = Json.text(node, "extId");
    if (extId == null) {
      return null;
    }
    Map<String, String> details = new LinkedHashMap<>();
    for (JsonNode detail : node.path("completionDetails")) {
      String name = Json.text(detail, "name");
      String value = Json.text(detail, "value");
      if (name != null && value != null) {
        details.put(name, value);
      }
    }
    List<Affected> affected = new ArrayList<>();
    for (JsonNode entity : node.path("entitiesAffected")) {
      String id = Json.text(entity, "extId");
      String rel = Json.text(entity, "rel");
      if (id != null) {
        affected.add(new Affected(id, rel == null ? "" : rel));
      }
    }
    String operation = Json.text(node, "operation");
    String description = Json.text(node, "operationDescription");
    return new PrismTask(
        extId,
        Status.of(Json.text(node, "status")),
        ((operation == null ? "" : operation) + " " + (description == null ? "" : description))
            .strip(),
        Json.time(node, "createdTime"),
        Json.time(node, "completedTime"),
        details,
        affected,
        AppMessage.list(node.get("errorMessages")),
        AppMessage.cut(Json.text(node, "legacyErrorMessage")),
        node.path("subTasks").size() > 0 || node.path("numberOfSubtasks").asInt(0) > 0);
  }

  /** How long it took by Prism's own clock; null while open or when a time is missing. */
  public @Nullable Duration took() {
    return createdTime == null || completedTime == null || completedTime.isBefore(createdTime)
        ? null
        : Duration.between(createdTime, completedTime);
  }

  /**
   * Whether its operation speaks of all these words. Names of operations are not documented, so
   * spaces and case are ignored.
   */
  public boolean speaksOf(List<String> words) {
    String text = operation.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    return words.stream().allMatch(text::contains);
  }

  /**
   * The entity of this kind that is not one of those named, or the first of the kind.
   *
   * @param rel e.g. {@code dataprotection:config:recovery-point}
   */
  public @Nullable String made(String rel, String... known) {
    List<String> others = List.of(known);
    return affected.stream()
        .filter(entity -> entity.rel().equals(rel) && !others.contains(entity.extId()))
        .map(Affected::extId)
        .findFirst()
        .orElse(null);
  }

  /** Why it failed, in words. */
  String why() {
    String told = AppMessage.told(messages);
    return !told.isEmpty() ? told : legacyMessage != null ? "\"" + legacyMessage + "\"" : "";
  }
}
