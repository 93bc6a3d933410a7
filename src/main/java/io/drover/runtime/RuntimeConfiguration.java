package io.drover.runtime;

import io.drover.execution.Executions;
import io.drover.execution.Hold;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.Occurrences;
import io.drover.execution.Ownership;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.engine.DefaultInflightRepository;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.reifier.ProcessorReifier;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the engine together and hangs it into Camel. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RuntimeProperties.class)
class RuntimeConfiguration {

  @Bean(destroyMethod = "close")
  Workers workers(RuntimeProperties properties) {
    return new Workers(properties.threads(), properties.virtualThreads());
  }

  @Bean
  LoadedRunbooks loadedRunbooks() {
    return new LoadedRunbooks();
  }

  @Bean
  @ConditionalOnMissingBean
  Milestones milestones() {
    return (point, exchange) -> {};
  }

  @Bean
  @ConditionalOnMissingBean
  EndMessages endMessages() {
    return (execution, outcome, reason) -> List.of();
  }

  @Bean(Engine.NAME)
  Engine engine(
      Journal journal,
      Executions executions,
      Ownership ownership,
      LedgerClock clock,
      Workers workers,
      LoadedRunbooks runbooks,
      Milestones milestones,
      EndMessages endMessages) {
    return new Engine(
        journal, executions, ownership, clock, workers, runbooks, milestones, endMessages);
  }

  @Bean
  RunbookStarts runbookStarts(Engine engine, Journal journal, LedgerClock clock) {
    return new RunbookStarts(engine, journal, clock);
  }

  @Bean
  Schedules schedules(
      Occurrences occurrences, Executions executions, RunbookStarts starts, LedgerClock clock) {
    Schedules schedules = new Schedules(occurrences, executions, starts, clock);
    starts.schedules(schedules);
    return schedules;
  }

  @Bean
  JournaledCalls mutatingCalls(
      Journal journal,
      Executions executions,
      Hold hold,
      LedgerClock clock,
      Milestones milestones,
      Workers workers) {
    return new JournaledCalls(journal, executions, hold, clock, milestones, workers);
  }

  @Bean
  CamelContextConfiguration droverInCamel(
      Engine engine,
      RunbookStarts starts,
      RuntimeProperties properties,
      ObjectProvider<RouteFolders> folders) {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext context) {
        ProcessorReifier.registerReifier(StepDefinition.class, DurableStepReifier::new);
        context.addComponent("runbook", new RunbookComponent(engine, starts));
        // Camel would hold a stop up for every waiting execution; those are resumed from the
        // ledger.
        context
            .getCamelContextExtension()
            .addContextPlugin(RouteLoader.class, new RouteLoader(context, engine.runbooks()));
        context.setInflightRepository(
            new DefaultInflightRepository() {
              @Override
              public int size(String routeId) {
                return routeId != null && routeId.contains("@") ? 0 : super.size(routeId);
              }
            });
        RouteLoader loader = context.getCamelContextExtension().getContextPlugin(RouteLoader.class);
        try {
          for (String pattern : properties.routes()) {
            loader.loadAll(pattern);
          }
          for (RouteFolders more : folders) {
            for (String pattern : more.patterns()) {
              loader.loadAll(pattern);
            }
          }
        } catch (RuntimeException e) {
          throw e;
        } catch (Exception e) {
          throw new IllegalStateException("The shipped route files cannot be loaded", e);
        }
      }

      @Override
      public void afterApplicationStart(CamelContext context) {
        // Nothing: the engine begins as a lifecycle of its own, after all routes are up.
      }
    };
  }

  @Bean
  SmartLifecycle engineLifecycle(
      Engine engine,
      Ownership ownership,
      Schedules schedules,
      Workers workers,
      CamelContext context) {
    return new SmartLifecycle() {
      private volatile boolean running;

      @Override
      public void start() {
        running = true;
        engine.begin();
        schedules.discover(context);
        workers.every(java.time.Duration.ofSeconds(5), () -> checkSchedules(engine, schedules));
      }

      /**
       * Steps refuse to begin, then the lease is given back, then Camel stops: its drain goes on
       * redelivering.
       */
      @Override
      public void stop() {
        engine.stop();
        ownership.giveBack();
        running = false;
      }

      @Override
      public boolean isRunning() {
        return running;
      }

      @Override
      public int getPhase() {
        return Integer.MAX_VALUE;
      }
    };
  }

  private static void checkSchedules(Engine engine, Schedules schedules) {
    if (!engine.stopping()) {
      schedules.check();
    }
  }
}
