package io.drover.runtime;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.jspecify.annotations.Nullable;

/** One runbook by name, and how a route starts it. */
@UriEndpoint(scheme = "runbook", title = "Runbook", syntax = "runbook:name", firstVersion = "0.1.0")
public final class RunbookEndpoint extends DefaultEndpoint {
  private final RunbookComponent owner;

  @UriPath private final String name;

  @UriParam private String version = "";
  @UriParam private @Nullable String key;
  @UriParam private @Nullable Boolean waitForEnd;
  @UriParam private int priority;
  @UriParam private boolean each;
  @UriParam private @Nullable String maxInFlight;
  @UriParam private @Nullable String maxBad;
  @UriParam private @Nullable String shared;
  @UriParam private @Nullable String notAfter;
  @UriParam private @Nullable String schedule;
  @UriParam private @Nullable String requester;
  @UriParam private boolean recovery;
  @UriParam private boolean mutating = true;
  @UriParam private boolean internal;

  RunbookEndpoint(String uri, RunbookComponent owner, String name) {
    super(uri, owner);
    this.owner = owner;
    this.name = name;
  }

  @Override
  public Producer createProducer() {
    return new RunbookProducer(this, owner.engine(), owner.starts());
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    return new RunbookConsumer(this, processor, owner.engine());
  }

  public String getName() {
    return name;
  }

  public String getVersion() {
    return version;
  }

  /** The version's hash; set by the loader, never by an author. */
  public void setVersion(String version) {
    this.version = version;
  }

  public @Nullable String getKey() {
    return key;
  }

  /**
   * Simple expression that names the child inside its parent; unique there. Required inside a
   * runbook.
   */
  public void setKey(String key) {
    this.key = key;
  }

  public @Nullable Boolean getWait() {
    return waitForEnd;
  }

  /** Whether the caller waits for the end. Default: yes inside a runbook's step, no elsewhere. */
  public void setWait(Boolean wait) {
    this.waitForEnd = wait;
  }

  public int getPriority() {
    return priority;
  }

  /** Larger first; 0 is usual, 100 is for rollbacks. */
  public void setPriority(int priority) {
    this.priority = priority;
  }

  public boolean isEach() {
    return each;
  }

  /** Whether the body is a sequence of inputs, one child each; pulled only when a slot is free. */
  public void setEach(boolean each) {
    this.each = each;
  }

  public @Nullable String getMaxInFlight() {
    return maxInFlight;
  }

  /** Simple expression: how many children run at once, 1..10000; default 10. */
  public void setMaxInFlight(String maxInFlight) {
    this.maxInFlight = maxInFlight;
  }

  public @Nullable String getMaxBad() {
    return maxBad;
  }

  /**
   * Simple expression: no further child begins once more than this many ended badly; default no
   * limit.
   */
  public void setMaxBad(String maxBad) {
    this.maxBad = maxBad;
  }

  public @Nullable String getShared() {
    return shared;
  }

  /** Name of a variable holding a map of inputs that every child gets; an item's own fields win. */
  public void setShared(String shared) {
    this.shared = shared;
  }

  public @Nullable String getNotAfter() {
    return notAfter;
  }

  /**
   * Simple expression giving an ISO-8601 instant: after it no child begins, and none begins a
   * mutating step.
   */
  public void setNotAfter(String notAfter) {
    this.notAfter = notAfter;
  }

  public @Nullable String getSchedule() {
    return schedule;
  }

  /**
   * Name of the schedule whose firing starts the runbook; the ledger then allows one start per fire
   * time.
   */
  public void setSchedule(String schedule) {
    this.schedule = schedule;
  }

  public boolean isRecovery() {
    return recovery;
  }

  /**
   * Of a consumer: whether the whole runbook puts something right, so that its calls go first and
   * are exempt from hold and from the window's end. Default: no.
   */
  public void setRecovery(boolean recovery) {
    this.recovery = recovery;
  }

  public boolean isMutating() {
    return mutating;
  }

  /**
   * Of a consumer: whether the runbook changes anything. One that does is not started later for an
   * occurrence that was missed. Default: yes.
   */
  public void setMutating(boolean mutating) {
    this.mutating = mutating;
  }

  public boolean isInternal() {
    return internal;
  }

  /**
   * Of a consumer: whether only other runbooks start it, because what it does is approved there.
   * Default: no.
   */
  public void setInternal(boolean internal) {
    this.internal = internal;
  }

  public String getRequester() {
    return requester == null ? schedule == null ? "event" : "schedule" : requester;
  }

  /** Who is answerable for starts by this route; he cannot approve them. */
  public void setRequester(String requester) {
    this.requester = requester;
  }
}
