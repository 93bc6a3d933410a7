package io.drover.runtime;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** One gate: who may answer, how many must say yes, how long is waited. */
@UriEndpoint(
    scheme = "approval",
    title = "Approval",
    syntax = "approval:gate",
    firstVersion = "0.1.0",
    producerOnly = true)
public final class ApprovalEndpoint extends DefaultEndpoint {
  private final ApprovalComponent owner;

  @UriPath private final String gate;

  @UriParam private String approvers = "";
  @UriParam private int needed = 1;
  @UriParam private String timeout = "PT24H";

  ApprovalEndpoint(String uri, ApprovalComponent owner, String gate) {
    super(uri, owner);
    this.owner = owner;
    this.gate = gate;
  }

  @Override
  public Producer createProducer() {
    return new ApprovalProducer(this, owner.engine(), owner.approvals());
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("A route cannot start from an approval");
  }

  public String getGate() {
    return gate;
  }

  public String getApprovers() {
    return approvers;
  }

  /** {@code user:NAME} and {@code group:NAME} with commas between. Required. */
  public void setApprovers(String approvers) {
    this.approvers = approvers;
  }

  public int getNeeded() {
    return needed;
  }

  /** How many of them must say yes, 1..20; one no is a no. */
  public void setNeeded(int needed) {
    this.needed = needed;
  }

  public String getTimeout() {
    return timeout;
  }

  /** ISO-8601 duration, at most 60 days; no answer until then means no. */
  public void setTimeout(String timeout) {
    this.timeout = timeout;
  }
}
