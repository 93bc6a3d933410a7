package io.drover.api;

import io.drover.api.Views.EffectView;
import io.drover.api.Views.ExecutionView;
import io.drover.api.Views.StepView;
import io.drover.execution.Execution;
import io.drover.execution.ExecutionState;
import io.drover.execution.Executions;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Clients that follow executions. One thread reads the ledger for all of them. */
@Component
class Followers implements DisposableBean {
  private static final int MOST = 100;
  private static final long HEARTBEAT = Duration.ofSeconds(15).toNanos();

  private final Executions executions;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread t = new Thread(work, "followers");
            t.setDaemon(true);
            return t;
          });

  Followers(Executions executions) {
    this.executions = executions;
    thread.scheduleWithFixedDelay(this::tell, 300, 300, TimeUnit.MILLISECONDS);
  }

  SseEmitter follow(String id) {
    if (followers.size() >= MOST) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "At most " + MOST + " clients follow at a time");
    }
    SseEmitter emitter = new SseEmitter(0L);
    Follower follower = new Follower(id, emitter);
    followers.add(follower);
    emitter.onCompletion(() -> followers.remove(follower));
    emitter.onError(e -> followers.remove(follower));
    emitter.onTimeout(() -> followers.remove(follower));
    return emitter;
  }

  private void tell() {
    for (Follower follower : followers) {
      try {
        if (follower.tell()) {
          followers.remove(follower);
          follower.emitter.complete();
        }
      } catch (IOException | RuntimeException e) {
        followers.remove(follower);
        follower.emitter.completeWithError(e);
      }
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
    followers.forEach(follower -> follower.emitter.complete());
  }

  private final class Follower {
    private final String id;
    final SseEmitter emitter;
    private final Map<String, Object> told = new HashMap<>();
    private long lastSent = System.nanoTime();

    Follower(String id, SseEmitter emitter) {
      this.id = id;
      this.emitter = emitter;
    }

    /** True when the execution has ended and that was told. */
    boolean tell() throws IOException {
      Execution execution = executions.find(id).orElse(null);
      if (execution == null) {
        return true;
      }
      one("execution", id, ExecutionView.of(execution));
      history(id);
      for (Execution child : executions.children(id)) {
        ExecutionView view = ExecutionView.of(child);
        boolean quiet =
            child.state() == ExecutionState.ENDED && view.equals(told.get("child " + child.id()));
        if (!quiet) {
          history(child.id());
          one("child", child.id(), view);
        }
      }
      if (execution.state() == ExecutionState.ENDED) {
        emitter.send(SseEmitter.event().name("end").id(id).data(ExecutionView.of(execution)));
        return true;
      }
      if (System.nanoTime() - lastSent > HEARTBEAT) {
        emitter.send(SseEmitter.event().comment("still there"));
        lastSent = System.nanoTime();
      }
      return false;
    }

    private void history(String execution) throws IOException {
      for (var step : executions.steps(execution)) {
        one(
            "step",
            execution + "/" + step.key().label(),
            new StepEvent(execution, StepView.of(step)));
      }
      for (var effect : executions.effects(execution)) {
        one("effect", effect.id(), new EffectEvent(execution, EffectView.of(effect)));
      }
    }

    private void one(String kind, String key, Object now) throws IOException {
      if (!now.equals(told.put(kind + " " + key, now))) {
        emitter.send(SseEmitter.event().name(kind).id(key).data(now));
        lastSent = System.nanoTime();
      }
    }
  }

  /** A step with the execution it belongs to. */
  record StepEvent(String execution, StepView step) {}

  /** An effect with the execution it belongs to. */
  record EffectEvent(String execution, EffectView effect) {}
}
