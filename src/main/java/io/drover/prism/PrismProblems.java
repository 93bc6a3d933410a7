package io.drover.prism;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an answer that says no, or a task that failed, means for the caller. */
public final class PrismProblems {
  private PrismProblems() {}

  /** Whether an answer with this status is what was asked for. */
  public static boolean fine(int status) {
    return status >= 200 && status < 300;
  }

  /**
   * The meaning of an answer whose status is not fine.
   *
   * @param request what was asked; a read is never {@code UNKNOWN}
   */
  public static PrismProblem of(
      String system, PrismRequest request, PrismAnswer answer, @Nullable Duration retryAfter) {
    int status = answer.status();
    List<AppMessage> messages = messages(answer.tree());
    String told = AppMessage.told(messages);
    if (told.isEmpty()) {
      told = plain(answer);
    }
    return new PrismProblem(
        verdict(status, request.reads()),
        "http-" + status,
        status,
        messages,
        retryAfter,
        system
            + " answered "
            + status
            + " to "
            + request.method()
            + " "
            + String.join("/", request.path())
            + (told.isEmpty() ? "" : ": " + told),
        null);
  }

  /**
   * What is wrong with an answer whose status is fine, null if nothing: a login page or half an
   * answer must not be taken for an empty list, nor for a change that was made.
   *
   * @param request what was asked
   */
  public static @Nullable PrismProblem garbled(
      String system, PrismRequest request, PrismAnswer answer) {
    boolean empty = answer.body().length == 0;
    boolean task = answer.status() != 202 || answer.taskExtId() != null;
    boolean right = empty ? !request.reads() && answer.status() != 202 : answer.isObject();
    if (right && task) {
      return null;
    }
    String told = right ? "it names no task" : empty ? "it is empty" : plain(answer);
    return new PrismProblem(
        request.reads() ? PrismProblem.Verdict.TRANSIENT : PrismProblem.Verdict.UNKNOWN,
        "garbled-answer",
        answer.status(),
        List.of(),
        null,
        system
            + " answered "
            + answer.status()
            + " to "
            + request.method()
            + " "
            + String.join("/", request.path())
            + ", but not as the v4 API does: "
            + told,
        null);
  }

  static PrismProblem.Verdict verdict(int status, boolean read) {
    boolean away = status == 408 || status == 502 || status == 503 || status == 504;
    if (status == 429 || (read && away)) {
      return PrismProblem.Verdict.TRANSIENT;
    }
    if (status >= 500 || away) {
      // A gateway's no says nothing about what happened behind it.
      return read ? PrismProblem.Verdict.TRANSIENT : PrismProblem.Verdict.UNKNOWN;
    }
    return PrismProblem.Verdict.REFUSED;
  }

  /**
   * The messages of an error body, whose {@code data.error} is a list, or an object where the
   * request broke the schema.
   */
  static List<AppMessage> messages(JsonNode body) {
    JsonNode error = body.path("data").path("error");
    if (error.isArray()) {
      return AppMessage.list(error);
    }
    if (!error.isObject()) {
      return List.of();
    }
    List<AppMessage> messages = new ArrayList<>();
    for (JsonNode broken : error.path("validationErrorMessages")) {
      String at = Json.text(broken, "attributePath");
      String message = Json.text(broken, "message");
      messages.add(
          new AppMessage(
              null,
              null,
              AppMessage.cut((at == null ? "" : at + ": ") + (message == null ? "" : message))));
    }
    if (messages.isEmpty()) {
      messages.add(new AppMessage(null, null, AppMessage.cut(Json.text(error, "error"))));
    }
    return messages;
  }

  /** Gateways answer {@code {"message":…}}, plain text or a page of HTML. */
  private static String plain(PrismAnswer answer) {
    String message = answer.tree().isObject() ? Json.text(answer.tree(), "message") : null;
    if (message != null) {
      String cut = AppMessage.cut(message);
      return cut == null ? "" : "\"" + cut + "\"";
    }
    int length = Math.min(answer.body().length, 4_000);
    String text = new String(answer.body(), 0, length, StandardCharsets.UTF_8);
    if (text.stripLeading().startsWith("<")) {
      text = text.replaceAll("(?s)<(style|script).*?</\\1>", " ").replaceAll("<[^>]*>", " ");
    }
    String cut = AppMessage.cut(text.replaceAll("\\s+", " "));
    return cut == null || cut.isEmpty() ? "" : "\"" + cut + "\"";
  }

  /**
   * Why a task did not do what was asked.
   *
   * @param what e.g. {@code create-recovery-point of VM web-2}
   * @param causes failed sub-tasks, where the real reason often stands
   */
  public static PrismProblem of(String what, PrismTask task, List<PrismTask> causes) {
    List<AppMessage> messages = new ArrayList<>(task.messages());
    List<String> reasons = new ArrayList<>();
    for (PrismTask cause : causes) {
      messages.addAll(cause.messages());
      if (!cause.why().isEmpty()) {
        reasons.add(cause.why());
      }
    }
    if (!task.why().isEmpty()) {
      reasons.add(task.why());
    }
    boolean canceled = task.status() == PrismTask.Status.CANCELED;
    return new PrismProblem(
        PrismProblem.Verdict.FAILED,
        canceled ? "task-canceled" : "task-failed",
        0,
        messages,
        null,
        what
            + ": task "
            + task.extId()
            + " ended "
            + task.status()
            + (reasons.isEmpty()
                ? ", without a reason"
                : ", " + String.join("; ", reasons.stream().distinct().toList())),
        null);
  }
}
