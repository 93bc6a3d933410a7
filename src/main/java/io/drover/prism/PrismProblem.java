package io.drover.prism;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What went wrong between us and a Prism Central, and what the caller may do about it. */
public final class PrismProblem extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What the caller may do. */
  public enum Verdict {
    /** Nothing happened; the same call may be made again. */
    TRANSIENT,
    /** Nothing happened, and the same call would be refused again. */
    REFUSED,
    /** It may have happened: look before repeating. */
    UNKNOWN,
    /** It was taken and then failed for certain. */
    FAILED
  }

  /** The error group of a write that met another one, sync as 412 and async as a failed task. */
  public static final String STALE_ETAG = "VM_ETAG_MISMATCH";

  private final Verdict verdict;
  private final String kind;
  private final int status;
  private final transient List<AppMessage> messages;
  private final @Nullable Duration retryAfter;

  /**
   * @param kind stable, e.g. {@code http-404}, {@code task-failed}, {@code connection}
   * @param status the HTTP status; 0 without an answer
   */
  public PrismProblem(
      Verdict verdict,
      String kind,
      int status,
      List<AppMessage> messages,
      @Nullable Duration retryAfter,
      String message,
      @Nullable Throwable cause) {
    super(message, cause);
    this.verdict = verdict;
    this.kind = kind;
    this.status = status;
    this.messages = List.copyOf(messages);
    this.retryAfter = retryAfter;
  }

  public static PrismProblem of(Verdict verdict, String kind, String message) {
    return new PrismProblem(verdict, kind, 0, List.of(), null, message, null);
  }

  public Verdict verdict() {
    return verdict;
  }

  public String kind() {
    return kind;
  }

  public int status() {
    return status;
  }

  public List<AppMessage> messages() {
    return messages;
  }

  /** How long the system asked us to stay away; null if it did not say. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** Whether another write came between the read of the entity tag and this one. */
  public boolean staleTag() {
    return status == 412 || AppMessage.anyOf(messages, STALE_ETAG);
  }
}
