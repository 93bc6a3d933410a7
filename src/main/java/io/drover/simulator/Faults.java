package io.drover.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The fault script: what goes wrong, where, and how often. */
final class Faults {
  private final List<Fault> faults = new ArrayList<>();

  synchronized String add(JsonNode rule) {
    Fault fault = new Fault(String.valueOf(faults.size() + 1), rule);
    faults.add(fault);
    return fault.id;
  }

  synchronized void clear() {
    faults.forEach(Fault::release);
    faults.clear();
  }

  synchronized void release(String id) {
    faults.stream()
        .filter(fault -> fault.id.equals(id) || id.equals("all"))
        .forEach(Fault::release);
    faults.removeIf(fault -> fault.id.equals(id) || id.equals("all"));
  }

  /** The fault that strikes this call; null for none. It is used up by that. */
  synchronized @Nullable Fault strike(String system, String method, String path, String vm) {
    for (Fault fault : faults) {
      if (fault.matches(system, method, path, vm)) {
        if (fault.after > 0) {
          fault.after--;
          continue;
        }
        if (fault.left > 0) {
          fault.left--;
          return fault;
        }
      }
    }
    return null;
  }

  /**
   * One rule: {@code kind} (delay, status, cut-before, answer-lost, hold, task-failed,
   * task-canceled, task-stuck, away, ssh-drop, ssh-refuse), where ({@code system}, {@code method},
   * {@code path} as a regular expression, {@code vm} by name or id), how often ({@code count},
   * {@code after}), and {@code status}, {@code millis}, {@code retryAfter}.
   */
  static final class Fault {
    final String id;
    final String kind;
    final int status;
    final long millis;
    final int retryAfter;
    final CompletableFuture<Void> released = new CompletableFuture<>();
    private final JsonNode rule;
    private int left;
    private int after;

    Fault(String id, JsonNode rule) {
      this.id = id;
      this.rule = rule;
      this.kind = rule.path("kind").asText();
      this.status = rule.path("status").asInt(503);
      this.millis = rule.path("millis").asLong(1000);
      this.retryAfter = rule.path("retryAfter").asInt(0);
      this.left = rule.path("count").asInt(1);
      this.after = rule.path("after").asInt(0);
    }

    boolean matches(String system, String method, String path, String vm) {
      return same("system", system)
          && same("method", method)
          && (rule.path("path").isMissingNode() || path.matches(rule.path("path").asText()))
          && (rule.path("vm").isMissingNode() || vm.contains(rule.path("vm").asText()));
    }

    private boolean same(String field, String value) {
      return rule.path(field).isMissingNode() || rule.path(field).asText().equals(value);
    }

    void release() {
      released.complete(null);
    }
  }
}
