package io.drover.runtime.notice;

import io.drover.runtime.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.slack.SlackComponent;

/**
 * Sends the body as a message by camel-slack. The webhook is a secret: it is read at each call, and
 * the endpoint that holds it is never among those that Camel lists.
 */
final class SlackDoor implements Processor {
  private static final int LONGEST = 3_500; // Slack cuts a message's text at 4,000 characters

  private final CamelContext context;
  private final NoticeProperties.Slack settings;

  SlackDoor(CamelContext context, NoticeProperties.Slack settings) {
    this.context = context;
    this.settings = settings;
  }

  boolean configured() {
    String webhook = settings.webhook();
    return webhook != null && !webhook.isBlank();
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    String webhook = settings.webhook();
    if (webhook == null || webhook.isBlank()) {
      throw new Undeliverable("Slack is not configured (drover.notices.slack.webhook)");
    }
    SlackComponent component = context.getComponent("slack", SlackComponent.class);
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("webhookUrl", new Secret(webhook).read());
    String uri = "slack:" + settings.channel();
    Endpoint endpoint = component.createEndpoint(uri, options);
    try (endpoint;
        Producer producer = endpoint.createProducer()) {
      endpoint.start();
      producer.start();
      Exchange message = endpoint.createExchange();
      message.getIn().setBody(escaped(exchange.getMessage().getBody(String.class)));
      producer.process(message);
      if (message.getException() != null) {
        // Its text may hold the webhook's address.
        throw new IllegalStateException(
            "Slack did not take the message: " + message.getException().getClass().getSimpleName());
      }
    } catch (Undeliverable | IllegalStateException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(
          "Slack did not take the message: " + e.getClass().getSimpleName());
    }
  }

  /** In Slack's text, {@code <!channel>} calls everybody; a VM's name must not. */
  static String escaped(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
