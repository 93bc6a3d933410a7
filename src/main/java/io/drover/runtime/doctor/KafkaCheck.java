package io.drover.runtime.doctor;

import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.camel.component.kafka.KafkaConfiguration;
import org.apache.kafka.clients.admin.AdminClient;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** The brokers of {@code camel.component.kafka}, asked as its consumers ask. */
final class KafkaCheck implements SystemCheck {
  private static final int PATIENCE = 8_000;

  private final CamelContext context;

  KafkaCheck(CamelContext context) {
    this.context = context;
  }

  @Override
  public String system() {
    return "kafka";
  }

  @Override
  public void look(Report report) throws InterruptedException {
    KafkaConfiguration settings =
        context.getComponent("kafka", KafkaComponent.class).getConfiguration();
    Properties properties = settings.createConsumerProperties();
    properties.keySet().retainAll(AdminClientConfig.configNames());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.getBrokers());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE);
    try (AdminClient admin = AdminClient.create(properties)) {
      int brokers = admin.describeCluster().nodes().get(PATIENCE, TimeUnit.MILLISECONDS).size();
      report.ok("reachable", settings.getBrokers() + ": " + brokers + " brokers");
      report.ok("credentials", "accepted");
    } catch (ExecutionException | TimeoutException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      report.fail("reachable", settings.getBrokers() + ": " + why.getClass().getSimpleName());
    }
  }
}
