package io.drover.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Tasks: lists, reads, cancellation. */
final class TaskCalls {
  private final Central central;

  TaskCalls(Central central) {
    this.central = central;
  }

  Answer list(Call call) {
    Fields<Task.Entity> entity =
        new Fields<Task.Entity>()
            .filter("extId", Task.Entity::extId)
            .filter("rel", Task.Entity::rel);
    Fields<Task> fields =
        new Fields<Task>()
            .filter("extId", task -> task.extId)
            .filter("operation", task -> task.operation)
            .filter("parentTask/extId", task -> task.parent == null ? null : task.parent.extId)
            .both("progressPercentage", task -> (long) task.progress())
            .filterEnum("status", "Prism.Config.TaskStatus", Task::status)
            .both("createdTime", task -> task.created)
            .both("startedTime", task -> task.created)
            .both("lastUpdatedTime", TaskCalls::updated)
            .both("completedTime", task -> task.completed)
            .filterAny("entitiesAffected", task -> task.entities, entity)
            .select("extId", "operation", "operationDescription", "status", "progressPercentage")
            .select("createdTime", "startedTime", "completedTime", "lastUpdatedTime")
            .select("entitiesAffected", "completionDetails", "errorMessages", "subTasks")
            .select("legacyErrorMessage", "parentTask", "isCancelable", "clusterExtIds");
    return new Listing<>(
            central.world.options,
            "prism.v4.config.Task",
            "ListTasksApiResponse",
            fields,
            TaskCalls::view)
        .answer(call, central.tasks);
  }

  Answer get(Call call, String extId) {
    Task task = central.tasks.get(extId);
    Answer refused = refuse(call, extId, task);
    return refused != null || task == null ? unless(refused, extId) : Answer.one(view(task), null);
  }

  Answer cancel(Call call, String extId) {
    Task task = central.tasks.get(extId);
    Answer refused = refuse(call, extId, task);
    if (refused != null || task == null) {
      return unless(refused, extId);
    }
    if (task.end != null) {
      return Answer.error(
          400, "prism", "TSKS-20902", "TASK_CANCELLATION_FAILURE", "The task is over");
    }
    central.cancel(task);
    return Answer.one(
        Json.object()
            .put("$objectType", "prism.v4.error.AppMessage")
            .put("code", "TSKS-20901")
            .put("errorGroup", "TASK_CANCELLATION_SUCCESS")
            .put("severity", "INFO")
            .put("message", "Task cancellation issued successfully as requested"),
        null);
  }

  private static @Nullable Answer refuse(Call call, String extId, @Nullable Task task) {
    return task == null && !extId.matches("[a-zA-Z0-9/+]*={0,2}:[0-9a-f-]{36}")
        ? call.wrong("extId: (expected: as ZXJnb24=: and a UUID)")
        : null;
  }

  private static Answer unless(@Nullable Answer refused, String extId) {
    return refused != null
        ? refused
        : Answer.error(404, "prism", "TSKS-20404", "TASK_NOT_FOUND", "There is no task " + extId);
  }

  private static java.time.Instant updated(Task task) {
    return task.completed == null ? task.created : task.completed;
  }

  private static ObjectNode view(Task task) {
    String status = task.status();
    ObjectNode row = Json.object();
    row.put("extId", task.extId).put("operation", task.operation).put("status", status);
    row.put("operationDescription", task.operation.replaceAll("(?<=[a-z])(?=[A-Z])", " "));
    row.put("createdTime", task.created.toString());
    if (!status.equals("QUEUED")) {
      row.put("startedTime", task.created.toString());
    }
    row.put("lastUpdatedTime", updated(task).toString());
    row.put("progressPercentage", task.progress()).put("isCancelable", task.end == null);
    if (task.completed != null) {
      row.put("completedTime", task.completed.toString());
    }
    if (task.cluster != null) {
      row.putArray("clusterExtIds").add(task.cluster);
    }
    ArrayNode entities = row.putArray("entitiesAffected");
    task.entities.forEach(
        entity -> entities.addObject().put("extId", entity.extId()).put("rel", entity.rel()));
    if (!task.details.isEmpty()) {
      ArrayNode details = row.putArray("completionDetails");
      task.details.forEach(
          (name, value) -> details.addObject().put("name", name).put("value", value));
    }
    if (task.parent != null) {
      reference(row.putObject("parentTask"), task.parent, "parent");
    }
    if (!task.subTasks.isEmpty()) {
      ArrayNode subTasks = row.putArray("subTasks");
      task.subTasks.forEach(child -> reference(subTasks.addObject(), child, "subtask"));
    }
    Task.Failure error = task.error;
    if (error != null) {
      row.putArray("errorMessages")
          .addObject()
          .put("$objectType", "prism.v4.error.AppMessage")
          .put("code", error.code())
          .put("errorGroup", error.group())
          .put("severity", "ERROR")
          .put("locale", "en-US")
          .put("message", error.message());
    }
    if (task.legacyError != null) {
      row.put("legacyErrorMessage", task.legacyError);
    }
    return row;
  }

  private static void reference(ObjectNode to, Task task, String rel) {
    to.put("extId", task.extId)
        .put("href", "https://127.0.0.1/api/prism/v4.0/config/tasks/" + task.extId)
        .put("rel", rel);
  }
}
