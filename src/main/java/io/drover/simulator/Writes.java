package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The checks that a write goes through before it becomes a task, and the answer that names it. */
final class Writes {
  private final Central central;
  private final Options options;

  Writes(Central central) {
    this.central = central;
    this.options = central.world.options;
  }

  /**
   * Null when it may.
   *
   * @param etag what {@code If-Match} must be; null where none is asked for
   */
  @Nullable Answer refuse(Call call, @Nullable String etag) {
    if (etag != null && call.ifMatch() == null) {
      return Answer.error(
          options.number("missing-if-match-status"),
          call.namespace(),
          "PLAT-10004",
          "MISSING_ETAG_HEADER",
          "If-Match is missing");
    }
    if (etag != null && "*".equals(call.ifMatch())) {
      return Answer.error(
          412, call.namespace(), "PLAT-10005", "INVALID_ETAG_HEADER", "Invalid eTag header");
    }
    String id = call.requestId();
    if (id == null || id.isEmpty()) {
      return Answer.error(
          400,
          call.namespace(),
          "VMM-30400",
          "VM_MISSING_REQUEST_ID_HEADER",
          "NTNX-Request-Id is missing");
    }
    if (!id.matches("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")) {
      return Answer.error(
          400,
          call.namespace(),
          "VMM-30401",
          "VM_INVALID_REQUEST_ID_HEADER",
          "NTNX-Request-Id: (expected: a UUID)");
    }
    boolean late = options.text("stale-if-match").equals("fail");
    if (etag != null && !etag.equals(call.ifMatch()) && !late && central.remembered(id) == null) {
      return Answer.error(412, call.namespace(), "VMM-30303", "VM_ETAG_MISMATCH", STALE);
    }
    return null;
  }

  private static final String STALE = "The If-Match header value is not the current one";

  /** As {@link #task(Call, String, List, Task.Work)}, for what an entity tag guards. */
  Answer task(
      Call call, String etag, String operation, List<Task.Entity> entities, Task.Work work) {
    return task(
        call,
        operation,
        entities,
        etag.equals(call.ifMatch())
            ? work
            : task -> {
              throw new Task.Refusal("VMM-30303", "VM_ETAG_MISMATCH", STALE);
            });
  }

  /** Begins the task, or names the one that the same request id began before. */
  Answer task(Call call, String operation, List<Task.Entity> entities, Task.Work work) {
    return task(call, operation, entities, work, options.duration("task-time"));
  }

  /** As {@link #task(Call, String, List, Task.Work)}, for one that takes longer than others. */
  Answer task(
      Call call, String operation, List<Task.Entity> entities, Task.Work work, Duration time) {
    String known = central.remembered(call.requestId());
    if (known == null) {
      known = central.begin(call.requestId(), operation, entities, work, call.fate(), time).extId;
    }
    ObjectNode answer = Json.object();
    answer
        .putObject("data")
        .put("$objectType", "prism.v4.config.TaskReference")
        .put("extId", known);
    return new Answer(202, answer, null);
  }
}
