package io.drover.runtime.servicenow;

import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;
import org.jspecify.annotations.Nullable;

/**
 * Sends through {@code direct:servicenow-http}, on an exchange of its own: no header of a runbook
 * gets onto the wire.
 */
final class ServiceNowWire {
  private static final byte[] NOTHING = new byte[0];

  private final CamelContext context;
  private @Nullable ProducerTemplate template;

  ServiceNowWire(CamelContext context) {
    this.context = context;
  }

  ServiceNowAnswer send(String base, ServiceNowRequest request, Map<String, String> headers)
      throws Exception {
    Exchange exchange =
        template().send("direct:servicenow-http", out -> write(out, base, request, headers));
    Exception error = exchange.getException();
    if (error != null) {
      throw error;
    }
    Message message = exchange.getMessage();
    Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    if (status == null) {
      throw new IllegalStateException("An answer without a status");
    }
    byte[] body = message.getBody(byte[].class);
    return new ServiceNowAnswer(
        status, name -> message.getHeader(name, String.class), body == null ? NOTHING : body);
  }

  private synchronized ProducerTemplate template() {
    ProducerTemplate known = template;
    if (known == null) {
      known = context.createProducerTemplate();
      template = known;
    }
    return known;
  }

  private static void write(
      Exchange exchange, String base, ServiceNowRequest request, Map<String, String> headers) {
    exchange.setProperty("servicenowAddress", base);
    Message message = exchange.getMessage();
    message.setHeader(Exchange.HTTP_METHOD, request.method());
    message.setHeader(Exchange.HTTP_PATH, request.path());
    String query = request.encodedQuery();
    if (!query.isEmpty()) {
      message.setHeader(Exchange.HTTP_RAW_QUERY, query);
    }
    message.setHeader("Accept", "application/json");
    headers.forEach(message::setHeader);
    if (request.body() != null) {
      message.setHeader(Exchange.CONTENT_TYPE, request.type());
      message.setBody(request.body());
    }
  }
}
