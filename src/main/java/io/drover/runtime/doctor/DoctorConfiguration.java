package io.drover.runtime.doctor;

import io.drover.catalog.LiveRoutes;
import io.drover.execution.Doctor;
import io.drover.execution.Hold;
import io.drover.execution.LedgerClock;
import io.drover.execution.Outbox;
import io.drover.runtime.Workers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Gathers what each part brings to look at. */
@Configuration(proxyBeanMethods = false)
class DoctorConfiguration {

  @Bean
  SystemChecks houseChecks(
      LedgerClock clock,
      Hold hold,
      Outbox outbox,
      LiveRoutes routes,
      @Value("${drover.data-directory}") Path data) {
    List<SystemCheck> all = new ArrayList<>(new HouseCheck(clock, hold, outbox, data).all());
    all.add(new RoutesCheck(routes));
    return new SystemChecks(all);
  }

  @Bean
  SystemChecks kafkaChecks(
      CamelContext context,
      @Value("${camel.component.kafka.brokers:}") String brokers,
      @Value("${drover.events.kafka.topic:}") String topic) {
    return new SystemChecks(
        brokers.isBlank() && topic.isBlank() ? List.of() : List.of(new KafkaCheck(context, topic)));
  }

  @Bean
  Doctor doctor(
      ObjectProvider<SystemCheck> single,
      ObjectProvider<SystemChecks> several,
      Workers workers,
      @Value("${drover.doctor.patience:20s}") Duration patience) {
    List<SystemCheck> all = new ArrayList<>(single.stream().toList());
    several.stream().forEach(kind -> all.addAll(kind.all()));
    return new Examination(all, workers, patience);
  }
}
