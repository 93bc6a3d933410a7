package io.drover.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;

/** The route of one version of a runbook, ready to be driven. */
final class RunbookConsumer extends DefaultConsumer {
  private final RunbookEndpoint endpoint;
  private final Engine engine;

  RunbookConsumer(RunbookEndpoint endpoint, Processor processor, Engine engine) {
    super(endpoint, processor);
    this.endpoint = endpoint;
    this.engine = engine;
  }

  String name() {
    return endpoint.getName();
  }

  String version() {
    return endpoint.getVersion();
  }

  /**
   * Runs the route from its start with the execution's inputs; the end is told once, unless the run
   * is given up before.
   */
  void drive(Run run, Consumer<Exchange> end) {
    Exchange exchange = createExchange(false);
    run.begin(exchange);
    JsonNode inputs = engine.codec().read(run.execution().inputs());
    Object value = engine.codec().fromJson(inputs);
    exchange.getIn().setBody(value);
    exchange.setVariable("inputs", value);
    exchange.setVariable("execution", run.id());
    exchange.setVariable("requester", run.execution().requester());
    getAsyncProcessor().process(exchange, doneSync -> end.accept(exchange));
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    engine.runbooks().up(this);
  }

  @Override
  protected void doStop() throws Exception {
    engine.runbooks().down(this);
    super.doStop();
  }
}
