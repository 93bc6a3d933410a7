package io.drover.runtime.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.drover.report.Texts;
import io.drover.runtime.CallFailure;
import java.io.IOException;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Producer;
import org.apache.camel.component.http.HttpMethods;
import org.jspecify.annotations.Nullable;

/**
 * Sends one call through a door, on an exchange of its own: no header of a runbook or of a caller
 * outside gets onto the wire.
 */
final class RemoteWire {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CamelContext context;
  private final String door;
  private final String client;
  private final String base;
  private final String told;
  private @Nullable Producer producer;

  /**
   * @param door the route's address
   * @param base scheme, host and port
   * @param client the registry name of the HTTP client
   * @param told the system as people know it
   */
  RemoteWire(CamelContext context, String door, String client, String base, String told) {
    this.context = context;
    this.door = door;
    this.client = client;
    this.base = base;
    this.told = told;
  }

  String told() {
    return told;
  }

  /**
   * One call.
   *
   * @param reads whether it changes nothing, so that it may be made again when its answer is lost
   */
  record Call(
      String method,
      String path,
      @Nullable String query,
      @Nullable String type,
      @Nullable String body,
      boolean reads) {}

  /** An answer; the body is missing where it is empty or no JSON. */
  record Answer(int status, JsonNode body) {
    boolean ok() {
      return status / 100 == 2;
    }
  }

  /**
   * Sends it, on this thread.
   *
   * @throws CallFailure of kind {@code connection} when there was no answer
   */
  Answer send(Call call, Map<String, String> headers) {
    try {
      Endpoint endpoint = context.getEndpoint(door);
      Exchange exchange = endpoint.createExchange();
      exchange.setProperty("remoteAddress", base);
      exchange.setProperty("remoteClient", client);
      Message message = exchange.getIn();
      message.setHeader(Exchange.HTTP_METHOD, HttpMethods.valueOf(call.method()));
      message.setHeader(Exchange.HTTP_PATH, call.path());
      message.setHeader("Accept", "application/json");
      headers.forEach(message::setHeader);
      if (call.query() != null) {
        message.setHeader(Exchange.HTTP_RAW_QUERY, call.query());
      }
      if (call.body() != null) {
        message.setHeader(Exchange.CONTENT_TYPE, call.type());
        message.setBody(call.body());
      }
      producer(endpoint).process(exchange);
      if (exchange.getException() != null) {
        throw lost(call, exchange.getException());
      }
      return answer(exchange);
    } catch (CallFailure e) {
      throw e;
    } catch (Exception e) {
      throw lost(call, e);
    }
  }

  private synchronized Producer producer(Endpoint endpoint) throws Exception {
    Producer known = producer;
    if (known == null) {
      known = endpoint.createProducer();
      known.start();
      producer = known;
    }
    return known;
  }

  private CallFailure lost(Call call, Exception error) {
    return new CallFailure(
        call.reads() ? CallFailure.Verdict.TRANSIENT : CallFailure.Verdict.UNKNOWN,
        "connection",
        told
            + " cannot be reached, or its answer was lost ("
            + error.getClass().getSimpleName()
            + ")",
        error);
  }

  private static Answer answer(Exchange exchange) throws IOException {
    Integer status = exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    byte[] bytes = exchange.getMessage().getBody(byte[].class);
    JsonNode body = MissingNode.getInstance();
    if (bytes != null && bytes.length > 0) {
      try {
        body = JSON.readTree(bytes);
      } catch (IOException e) {
        // A proxy's page, or text: the status has to say it.
      }
    }
    return new Answer(status == null ? 0 : status, body);
  }

  /** What an answer that is no success means. */
  CallFailure refused(Call call, Answer answer, String code, String message) {
    boolean again = answer.status() >= 500 || answer.status() == 429 || answer.status() == 408;
    CallFailure.Verdict verdict =
        !again
            ? CallFailure.Verdict.REFUSED
            : call.reads() ? CallFailure.Verdict.TRANSIENT : CallFailure.Verdict.UNKNOWN;
    String why = Texts.line(message, 300);
    return new CallFailure(
        verdict,
        "http-" + answer.status(),
        told
            + " answered "
            + call.method()
            + " "
            + call.path()
            + " with status "
            + answer.status()
            + (code.isBlank() ? "" : " " + Texts.line(code, 60))
            + (why.isBlank() ? "" : ": " + why));
  }
}
