package io.drover.runtime;

import io.drover.approval.Approvals;
import io.drover.execution.Executions;
import io.drover.execution.Hold;
import io.drover.execution.Journal;
import io.drover.execution.LedgerClock;
import io.drover.execution.Occurrences;
import io.drover.execution.Ownership;
import io.drover.execution.RouteFiles;
import io.drover.execution.RouteVersions;
import io.drover.execution.VmLocks;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
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
@EnableConfigurationProperties({
  RuntimeProperties.class,
  RouteFolderProperties.class,
  FilesProperties.class
})
class RuntimeConfiguration {
  private static final Duration SWEEP = Duration.ofSeconds(10);

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

  @Bean(Engine.NAME)
  Engine engine(
      Journal journal,
      Executions executions,
      Ownership ownership,
      LedgerClock clock,
      Workers workers,
      LoadedRunbooks runbooks,
      Milestones milestones,
      ObjectProvider<StartMessages> startMessages,
      ObjectProvider<EndMessages> endMessages) {
    List<StartMessages> atStart = startMessages.orderedStream().toList();
    List<EndMessages> atEnd = endMessages.orderedStream().toList();
    return new Engine(
        journal,
        executions,
        ownership,
        clock,
        workers,
        runbooks,
        milestones,
        execution -> atStart.stream().flatMap(each -> each.of(execution).stream()).toList(),
        (execution, outcome, reason) ->
            atEnd.stream().flatMap(each -> each.of(execution, outcome, reason).stream()).toList());
  }

  @Bean
  RunbookStarts runbookStarts(
      Engine engine, Journal journal, LedgerClock clock, ObjectProvider<StartCheck> checks) {
    return new RunbookStarts(engine, journal, clock, checks.orderedStream().toList());
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
  LedgerOperations operations(
      Engine engine, Executions executions, RunbookStarts starts, JournaledCalls calls) {
    return new LedgerOperations(engine, executions, starts, calls);
  }

  @Bean
  LockVmBlock lockVm(VmLocks locks, Journal journal, LedgerClock clock, Workers workers) {
    return new LockVmBlock(locks, journal, clock, workers);
  }

  @Bean
  Processor takeOverVm(LockVmBlock lockVm) {
    return lockVm.takeOver();
  }

  @Bean
  OutboxBlock announce(Journal journal) {
    return new OutboxBlock(journal, "slack");
  }

  @Bean
  PatchBlocks patch(LedgerClock clock, Executions executions) {
    return new PatchBlocks(clock, executions);
  }

  @Bean
  GoBackBlocks goBack(LedgerClock clock, Executions executions) {
    return new GoBackBlocks(clock, executions);
  }

  @Bean
  Processor startedAnswer() {
    return new TriggerAnswers()::started;
  }

  @Bean
  Processor problemAnswer() {
    return new TriggerAnswers()::problem;
  }

  @Bean
  Processor rejectedEvent() {
    return new TriggerAnswers()::rejected;
  }

  @Bean
  ListOfResults listOfResults() {
    return new ListOfResults();
  }

  /** Under camel-file's own name: no route gets another. */
  @Bean("file-component")
  FolderComponent fileComponent(FilesProperties settings, Engine engine) {
    return new FolderComponent(settings, engine::stopping);
  }

  @Bean
  RouteFolder routeFolder(RouteFolderProperties properties, RouteFiles files) {
    return new RouteFolder(properties, files);
  }

  @Bean
  CamelContextConfiguration droverInCamel(
      Engine engine,
      RunbookStarts starts,
      RuntimeProperties properties,
      ObjectProvider<RouteFolders> folders,
      ObjectProvider<TriggerComponent> triggers,
      RouteVersions versions,
      Schedules schedules,
      Approvals approvals,
      Workers workers,
      RouteFolder folder,
      RouteFolderProperties folderProperties,
      RouteFiles files,
      LedgerClock clock) {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext context) {
        ProcessorReifier.registerReifier(StepDefinition.class, DurableStepReifier::new);
        context.addComponent("runbook", new RunbookComponent(engine, starts));
        context.addComponent("approval", new ApprovalComponent(engine, approvals));
        triggers.forEach(own -> context.addComponent(own.scheme(), own.make().get()));
        context
            .getCamelContextExtension()
            .addContextPlugin(
                RouteLoader.class, new RouteLoader(context, engine.runbooks(), versions));
        context.setInflightRepository(new RunbookInflight());
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
        RouteLoader loader = context.getCamelContextExtension().getContextPlugin(RouteLoader.class);
        loader.loadOlder();
        folder.begin(
            new OperatorRoutes(
                loader,
                () ->
                    new DryLoad(
                        context, engine, starts, approvals, triggers.orderedStream().toList()),
                engine.runbooks(),
                files,
                clock),
            () -> schedules.discover(context));
        engine.begin();
        workers.every(
            folderProperties.scan(),
            () -> {
              if (!engine.stopping()) {
                folder.look();
              }
            });
        workers.every(
            SWEEP,
            () -> {
              if (!engine.stopping()) {
                loader.sweep();
              }
            });
        workers.every(
            Duration.ofSeconds(5),
            () -> {
              if (!engine.stopping()) {
                schedules.check();
              }
            });
      }
    };
  }

  /**
   * Steps refuse to begin, then the lease is given back, then Camel stops: its drain goes on
   * redelivering. This bean must not depend on the CamelContext, or Spring would start Camel before
   * its routes are read.
   */
  @Bean
  SmartLifecycle engineLifecycle(Engine engine, Ownership ownership) {
    return new SmartLifecycle() {
      private volatile boolean running;

      @Override
      public void start() {
        running = true;
      }

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
}
