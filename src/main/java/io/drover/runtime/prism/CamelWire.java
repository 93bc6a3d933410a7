package io.drover.runtime.prism;

import io.drover.prism.PrismAnswer;
import io.drover.prism.PrismRequest;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/**
 * Sends through {@code direct:prism-http}, on an exchange of its own: no header of a runbook or of
 * a caller outside gets onto the wire.
 */
final class CamelWire implements PrismWire {
  private static final String ROUTE = "direct:prism-http";
  private static final byte[] NOTHING = new byte[0];

  private final CamelContext context;
  private volatile @Nullable Door door;

  private record Door(Endpoint endpoint, AsyncProducer producer) {}

  CamelWire(CamelContext context) {
    this.context = context;
  }

  @Override
  public CompletableFuture<PrismAnswer> send(
      PrismCentral central,
      PrismRequest request,
      int minor,
      Credentials.Header who,
      Runnable sent) {
    CompletableFuture<PrismAnswer> answer = new CompletableFuture<>();
    try {
      Door out = door();
      Exchange exchange = out.endpoint().createExchange();
      exchange.setProperty("prismAddress", central.settings().base());
      exchange.setProperty("prismClient", central.clientName());
      write(exchange.getIn(), request, minor, who);
      // Not Camel's asynchronous call: inside a route that would only be queued on this thread, and
      // whoever waits for the answer here, as a streaming split does, would wait for ever.
      WireExecutor.telling(sent, () -> out.producer().process(exchange));
      finish(exchange, answer);
    } catch (Exception e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private Door door() throws Exception {
    Door known = door;
    if (known != null) {
      return known;
    }
    synchronized (this) {
      known = door;
      if (known == null) {
        Endpoint endpoint = context.getEndpoint(ROUTE);
        AsyncProducer producer = endpoint.createAsyncProducer();
        producer.start();
        known = new Door(endpoint, producer);
        door = known;
      }
      return known;
    }
  }

  private static void write(
      Message message, PrismRequest request, int minor, Credentials.Header who) {
    // As an enum: Camel would look for a converter at each call.
    message.setHeader(Exchange.HTTP_METHOD, HttpMethods.valueOf(request.method()));
    message.setHeader(Exchange.HTTP_PATH, request.pathAt(minor));
    String query = request.query().toQueryString();
    if (!query.isEmpty()) {
      message.setHeader(Exchange.HTTP_RAW_QUERY, query);
    }
    message.setHeader(who.name(), who.value());
    message.setHeader("Accept", "application/json");
    if (request.ifMatch() != null) {
      message.setHeader("If-Match", request.ifMatch());
    }
    if (request.requestId() != null) {
      message.setHeader("NTNX-Request-Id", request.requestId());
    }
    if (request.body() != null) {
      message.setHeader(Exchange.CONTENT_TYPE, "application/json");
      message.setBody(request.body());
    }
  }

  private static void finish(Exchange exchange, CompletableFuture<PrismAnswer> answer) {
    Exception error = exchange.getException();
    if (error != null) {
      answer.completeExceptionally(error);
      return;
    }
    Message message = exchange.getMessage();
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status == null) {
      answer.completeExceptionally(new IllegalStateException("An answer without a status"));
      return;
    }
    byte[] body = message.getBody(byte[].class);
    answer.complete(
        new PrismAnswer(
            status, name -> message.getHeader(name, String.class), body == null ? NOTHING : body));
  }
}
