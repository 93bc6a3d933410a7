package io.drover.runtime.doctor;

import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The brokers of {@code camel.component.kafka}, asked as its consumers ask, and the topic that
 * events go to.
 */
final class KafkaCheck implements SystemCheck {
  private static final int PATIENCE = 8_000;

  private final CamelContext context;
  private final String topic;

  /**
   * @param topic of events; empty when none are sent
   */
  KafkaCheck(CamelContext context, String topic) {
    this.context = context;
    this.topic = topic;
  }

  @Override
  public String system() {
    return "kafka";
  }

  @Override
  public void look(Report report) throws InterruptedException {
    KafkaConfiguration settings =
        context.getComponent("kafka", KafkaComponent.class).getConfiguration();
    String brokers = settings.getBrokers();
    if (brokers == null || brokers.isBlank()) {
      report.fail(
          "configured",
          "events wait in the ledger: drover.events.kafka.topic is set and"
              + " camel.component.kafka.brokers is not");
      return;
    }
    Properties properties = settings.createConsumerProperties();
    properties.keySet().retainAll(AdminClientConfig.configNames());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE);
    try (AdminClient admin = AdminClient.create(properties)) {
      int there = admin.describeCluster().nodes().get(PATIENCE, TimeUnit.MILLISECONDS).size();
      report.ok("reachable", brokers + ": " + there + " brokers");
      report.ok("credentials", "accepted");
      if (!topic.isBlank()) {
        events(report, admin);
      }
    } catch (ExecutionException | TimeoutException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      report.fail("reachable", brokers + ": " + why.getClass().getSimpleName());
    }
  }

  private void events(Report report, AdminClient admin)
      throws InterruptedException, TimeoutException {
    try {
      admin.describeTopics(List.of(topic)).allTopicNames().get(PATIENCE, TimeUnit.MILLISECONDS);
      report.ok("events", "there is a topic " + topic);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        report.warn(
            "events", "there is no topic " + topic + "; some brokers make it when it is used");
      } else {
        Throwable why = e.getCause() == null ? e : e.getCause();
        report.fail("events", topic + ": " + why.getClass().getSimpleName());
      }
    }
  }
}
