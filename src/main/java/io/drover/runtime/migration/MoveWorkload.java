package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A VM in a migration plan of Move, as Move tells of it. Its state is not a plan's state: the same
 * numbers mean other things.
 *
 * @param uuid the source VM's instance UUID
 * @param state as a text; empty where Move gives only a number
 * @param number of the state; negative where it gives none
 * @param progress percent, 0..100
 * @param etaSeconds null where it is not known
 * @param actions what Move offers, in upper case
 * @param error Move's text; hostile
 * @param extId the VM's in AHV; null before the cutover is done
 */
record MoveWorkload(
    String uuid,
    String name,
    String state,
    int number,
    int progress,
    @Nullable Long etaSeconds,
    Set<String> actions,
    String error,
    @Nullable String extId) {
  /** Of workloads only; of plans it means paused. */
  private static final int READY = 5;

  private static final Pattern LINK =
      Pattern.compile("vm/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/proxy");

  /** Reads the list of a plan's workloads, in any of the forms that appliances send. */
  static List<MoveWorkload> list(JsonNode answer) {
    JsonNode rows = answer.path("Status").path("VMStatus");
    if (!rows.isArray()) {
      rows = answer.path("Entities");
    }
    if (!rows.isArray()) {
      rows = answer.path("VMStatus");
    }
    List<MoveWorkload> all = new ArrayList<>();
    rows.forEach(row -> all.add(of(row)));
    return all;
  }

  private static MoveWorkload of(JsonNode row) {
    JsonNode meta = row.path("MetaData");
    JsonNode from = meta.isObject() ? meta : row;
    JsonNode status = row.path("Status");
    Set<String> actions = new TreeSet<>();
    from.path("Actions").forEach(action -> actions.add(action.asText().toUpperCase(Locale.ROOT)));
    JsonNode eta = from.path("ETAInSecs");
    int progress = from.path("Progress").asInt(from.path("ProgressPercentage").asInt(0));
    String link = from.path("VmConsoleLink").asText("");
    Matcher id = LINK.matcher(link);
    return new MoveWorkload(
        first(from, row.path("Spec"), "UUID", "VMUuid"),
        first(from, row.path("Spec"), "Name", "VMName"),
        from.path("StateString").asText(""),
        from.path("State").isInt()
            ? from.path("State").asInt()
            : status.path("State").isInt() ? status.path("State").asInt() : -1,
        status.has("PercentageComplete") ? status.path("PercentageComplete").asInt() : progress,
        eta.isIntegralNumber() ? Long.valueOf(eta.asLong()) : null,
        actions,
        from.path("ErrorMessage").asText(""),
        id.find() ? id.group(1) : null);
  }

  private static String first(JsonNode one, JsonNode other, String name, String otherName) {
    for (JsonNode node : List.of(one, other)) {
      for (String field : List.of(name, otherName)) {
        if (!node.path(field).asText("").isEmpty()) {
          return node.path(field).asText();
        }
      }
    }
    return "";
  }

  /** Whether a cutover may be asked for: Move offers it, or at least says that it is ready. */
  boolean ready() {
    if (failed()) {
      return false;
    }
    return actions.contains("CUTOVER")
        || (actions.isEmpty() && (says("ReadyToCutover") || (state.isEmpty() && number == READY)));
  }

  /** Whether Move gave it up. DELETE alone says nothing: it is offered after success, too. */
  boolean failed() {
    return !error.isBlank()
        || actions.contains("RETRY")
        || says("Fail")
        || says("Abort")
        || says("Cancel");
  }

  /** Whether the cutover is done. */
  boolean completed() {
    return !failed()
        && !ready()
        && (extId != null || says("Complete"))
        && !says("Cutover")
        && (actions.isEmpty() || actions.contains("DELETE"));
  }

  private boolean says(String word) {
    return state.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT));
  }

  /** For people. */
  String told() {
    return state.isEmpty() ? "state " + number : state;
  }
}
