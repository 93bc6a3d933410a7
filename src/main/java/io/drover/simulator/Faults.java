package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** The fault script: what goes wrong, where, and how often. */
final class Faults {
  /** Every kind, with the system that it is about when the rule names none. */
  static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("delay", "prism"),
          Map.entry("status", "prism"),
          Map.entry("cut-before", "prism"),
          Map.entry("answer-lost", "prism"),
          Map.entry("hold", "prism"),
          Map.entry("away", "prism"),
          Map.entry("stale-etag", "prism"),
          Map.entry("expire-credentials", "prism"),
          Map.entry("task-failed", "prism"),
          Map.entry("task-failed-silent", "prism"),
          Map.entry("task-failed-in-subtask", "prism"),
          Map.entry("task-failed-after-effect", "prism"),
          Map.entry("task-etag-mismatch", "prism"),
          Map.entry("task-canceled", "prism"),
          Map.entry("task-stuck", "prism"),
          Map.entry("task-suspended", "prism"),
          Map.entry("ssh-refuse", "guest-ssh"),
          Map.entry("ssh-drop", "guest-ssh"),
          Map.entry("ssh-drop-before", "guest-ssh"),
          Map.entry("ssh-hang", "guest-ssh"));

  private static final Set<String> SYSTEMS =
      Set.of(
          "prism",
          "guest-ssh",
          "guest-http",
          "slack",
          "pager",
          "sheets",
          "servicenow",
          "vcenter",
          "move",
          "awx");
  private static final Set<String> FIELDS =
      Set.of(
          "kind",
          "system",
          "central",
          "method",
          "path",
          "vm",
          "count",
          "after",
          "status",
          "millis",
          "retryAfter");

  private final List<Fault> faults = new ArrayList<>();
  private int made;

  synchronized String add(JsonNode rule) {
    Fault fault = new Fault(String.valueOf(++made), rule);
    faults.add(fault);
    return fault.id;
  }

  synchronized void clear() {
    release("all");
  }

  /** Lets go whom it holds, and ends it. */
  synchronized void release(String id) {
    List<Fault> gone =
        faults.stream().filter(fault -> fault.id.equals(id) || id.equals("all")).toList();
    faults.removeAll(gone);
    gone.forEach(fault -> fault.released.complete(null));
  }

  synchronized ArrayNode list() {
    ArrayNode list = Json.array();
    for (Fault fault : faults) {
      ObjectNode row = fault.rule.deepCopy();
      list.add(row.put("id", fault.id).put("left", fault.left).put("struck", fault.struck));
    }
    return list;
  }

  /**
   * The fault that strikes this call; null for none. It is used up by that.
   *
   * @param central of a call to Prism; else empty
   * @param vm names of the VM that the call is about
   */
  synchronized @Nullable Fault strike(
      String system, String central, String method, String path, Set<String> vm) {
    for (Fault fault : faults) {
      if (fault.left != 0 && fault.matches(system, central, method, path, vm)) {
        if (fault.after > 0) {
          fault.after--;
          continue;
        }
        fault.left = fault.left < 0 ? fault.left : fault.left - 1;
        fault.struck++;
        return fault;
      }
    }
    return null;
  }

  /** One rule. */
  static final class Fault {
    final String id;
    final String kind;
    final int status;
    final long millis;
    final int retryAfter;
    final CompletableFuture<@Nullable Void> released = new CompletableFuture<>();
    private final ObjectNode rule;
    private final String system;
    private final @Nullable Pattern path;
    private int left;
    private int after;
    private int struck;

    Fault(String id, JsonNode given) {
      if (!(given instanceof ObjectNode object)) {
        throw new IllegalArgumentException("A fault is an object");
      }
      this.id = id;
      this.rule = object;
      this.kind = rule.path("kind").asText();
      String usual = KINDS.get(kind);
      if (usual == null) {
        throw new IllegalArgumentException(
            "kind: " + kind + " (expected one of " + KINDS.keySet() + ")");
      }
      this.system = rule.path("system").asText(usual);
      if (!SYSTEMS.contains(system)) {
        throw new IllegalArgumentException(
            "system: " + system + " (expected one of " + SYSTEMS + ")");
      }
      rule.fieldNames()
          .forEachRemaining(
              name -> {
                if (!FIELDS.contains(name)) {
                  throw new IllegalArgumentException(
                      name + ": there is no such field (expected some of " + FIELDS + ")");
                }
              });
      try {
        this.path = rule.has("path") ? Pattern.compile(rule.path("path").asText()) : null;
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException("path: " + e.getMessage(), e);
      }
      this.status = rule.path("status").asInt(503);
      this.millis = rule.path("millis").asLong(1000);
      this.retryAfter = rule.path("retryAfter").asInt(0);
      this.left = rule.path("count").asInt(1);
      this.after = rule.path("after").asInt(0);
    }

    private boolean matches(
        String at, String central, String method, String where, Set<String> vm) {
      return system.equals(at)
          && here(method)
          && same("central", central)
          && same("method", method)
          && (path == null || path.matcher(where).matches())
          && (!rule.has("vm") || vm.contains(rule.path("vm").asText()));
    }

    /** Each kind can happen to some calls only, and waits for such a one. */
    private boolean here(String method) {
      return switch (kind) {
        case "stale-etag" -> method.equals("GET");
        case "ssh-refuse", "away" -> !system.equals("guest-ssh") || method.equals("CONNECT");
        case "ssh-drop", "ssh-drop-before", "ssh-hang" -> method.equals("EXEC");
        case "delay" -> !method.equals("CONNECT");
        default -> !kind.startsWith("task-") || !method.matches("GET|OPTIONS");
      };
    }

    private boolean same(String field, String value) {
      return !rule.has(field) || rule.path(field).asText().equals(value);
    }
  }
}
