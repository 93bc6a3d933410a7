package io.drover.crash;

import io.drover.Drover;
import io.drover.approval.Approvals;
import io.drover.execution.Runbooks;
import io.drover.execution.Trigger;
import io.drover.runtime.Milestones;
import io.drover.runtime.StepContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/**
 * Drover that says when it comes to a place, and does not go on there, so that it can be killed
 * just then. No @Configuration, or each test that scans for components would find it. It starts the
 * executions whose inputs stand in files, each once.
 */
public class DoomedDrover {
  private final CountDownLatch never = new CountDownLatch(1);

  public static void main(String[] args) {
    new SpringApplicationBuilder(DoomedDrover.class, Drover.class).run(args);
  }

  /** {@code drover.doom} is {@code point@step#n}: the nth arrival at the point in that step. */
  @Bean
  @Primary
  Milestones doom(Environment environment) {
    String doom = environment.getProperty("drover.doom", "");
    if (doom.isEmpty()) {
      return (point, exchange) -> {};
    }
    String point = doom.substring(0, doom.indexOf('@'));
    String step = doom.substring(doom.indexOf('@') + 1, doom.indexOf('#'));
    AtomicInteger left = new AtomicInteger(Integer.parseInt(doom.substring(doom.indexOf('#') + 1)));
    return (reached, exchange) -> {
      if (!reached.equals(point)) {
        return;
      }
      StepContext context = StepContext.find(exchange);
      boolean here = step.isEmpty() || (context != null && context.key().step().equals(step));
      if (here && left.decrementAndGet() == 0) {
        System.out.println("AT " + doom);
        waitForDeath();
      }
    };
  }

  /** With {@code drover.approve-as} somebody says yes to whatever is asked. */
  @Bean(destroyMethod = "close")
  @ConditionalOnProperty("drover.approve-as")
  AutoApprover approver(Approvals approvals) {
    return new AutoApprover(approvals);
  }

  private void waitForDeath() {
    try {
      never.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts the executions as soon as it can, and says which executions they are. */
  @Bean
  Starter starter(Runbooks runbooks, Environment environment) {
    return new Starter(runbooks, environment);
  }

  static final class Starter {
    private final Runbooks runbooks;
    private final Environment environment;

    Starter(Runbooks runbooks, Environment environment) {
      this.runbooks = runbooks;
      this.environment = environment;
    }

    @EventListener(ApplicationReadyEvent.class)
    void begin() {
      for (String file : environment.getProperty("drover.inputs", "").split(",", -1)) {
        if (!file.isEmpty()) {
          String id = start(Path.of(file));
          System.out.println("STARTED " + Path.of(file).getFileName() + " " + id);
        }
      }
      System.out.println("UP");
    }

    private String start(Path file) {
      try {
        return runbooks
            .start(
                new Runbooks.Start(
                    environment.getRequiredProperty("drover.doomed-runbook"),
                    Files.readString(file),
                    "olga",
                    new Trigger(Trigger.Kind.OPERATOR, "crash test"),
                    String.valueOf(file.getFileName()),
                    null,
                    null))
            .execution()
            .id();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
