package io.drover.routes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.StepDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Sees every step of every loaded route as Camel builds it, and makes the asked one fail: before
 * the first thing it does, or after the last.
 */
final class StepBreaker implements InterceptStrategy {
  /** A step of a loaded route, and the blocks it stands in, from the inside out. */
  record Place(String runbook, String step, List<String> within) {}

  /** How a step is broken. */
  enum When {
    BEFORE,
    AFTER
  }

  /** Which step of which runbook breaks for an execution with these words in its inputs. */
  record Break(String runbook, String step, When when) {}

  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final Map<String, Break> breaks = new ConcurrentHashMap<>();

  /** All steps of a runbook. */
  List<Place> places(String runbook) {
    return places.values().stream()
        .filter(place -> place.runbook().equals(runbook))
        .sorted(Comparator.comparing(Place::step))
        .toList();
  }

  void set(String wordOfInputs, Break what) {
    breaks.put(wordOfInputs, what);
  }

  Map<String, Break> breaks() {
    return new LinkedHashMap<>(breaks);
  }

  void clear() {
    breaks.clear();
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
    if (!(definition.getParent() instanceof StepDefinition step)) {
      return target;
    }
    Place place = place(step);
    places.put(place.runbook() + "/" + place.step(), place);
    List<ProcessorDefinition<?>> all = step.getOutputs();
    boolean first = all.get(0) == definition;
    boolean last = all.get(all.size() - 1) == definition;
    AsyncProcessor real = AsyncProcessorConverterHelper.convert(target);
    return new AsyncProcessorSupport() {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        if (first && broken(exchange, place, When.BEFORE)) {
          breakOff(exchange);
          callback.done(true);
          return true;
        }
        return real.process(
            exchange,
            doneSync -> {
              if (last && !exchange.isFailed() && broken(exchange, place, When.AFTER)) {
                breakOff(exchange);
              }
              callback.done(doneSync);
            });
      }
    };
  }

  private static Place place(StepDefinition step) {
    List<String> within = new ArrayList<>();
    NamedNode node = step.getParent();
    while (node != null && !(node instanceof RouteDefinition)) {
      within.add(node.getShortName());
      node = node.getParent();
    }
    String route = node == null ? "" : node.getId();
    String runbook = route.contains("@") ? route.substring(0, route.indexOf('@')) : route;
    String id = step.getId();
    return new Place(runbook, id.substring(id.lastIndexOf('/') + 1), within);
  }

  private boolean broken(Exchange exchange, Place place, When when) {
    String inputs = String.valueOf(exchange.getVariable("inputs"));
    return breaks.entrySet().stream()
        .anyMatch(
            entry ->
                inputs.contains(entry.getKey())
                    && entry.getValue().equals(new Break(place.runbook(), place.step(), when)));
  }

  private static void breakOff(Exchange exchange) {
    exchange.setException(new IllegalStateException("broken by the test"));
  }
}
