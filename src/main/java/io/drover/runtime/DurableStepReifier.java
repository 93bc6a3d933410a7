package io.drover.runtime;

import java.util.List;
import org.apache.camel.Channel;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.reifier.StepReifier;
import org.apache.camel.support.CamelContextHelper;
import org.jspecify.annotations.Nullable;

/**
 * Makes a plain {@code step} of a runbook durable. Registered in the place of Camel's own reifier;
 * steps of other routes stay what they are.
 */
final class DurableStepReifier extends StepReifier {

  DurableStepReifier(Route route, ProcessorDefinition<?> definition) {
    super(route, definition);
  }

  @Override
  public Processor createProcessor() throws Exception {
    RouteDefinition runbook = runbook();
    if (runbook == null) {
      return super.createProcessor();
    }
    surfaceErrorsAtTheBoundary(definition.getOutputs());
    String id = getId(definition);
    String prefix = definition.getNodePrefixId();
    String plainId = prefix != null && id.startsWith(prefix) ? id.substring(prefix.length()) : id;
    Processor child = createChildProcessor(true);
    Engine engine = CamelContextHelper.mandatoryLookup(camelContext, Engine.NAME, Engine.class);
    return new DurableStep(
        camelContext, id, plainId, inRecovery() || ofRecoveryRunbook(), child, engine, definition);
  }

  /**
   * With an error handler round the inner processors, Camel would run onException inside the
   * failing step: the rollback would be journaled before the step that failed, and that step as a
   * success.
   */
  @Override
  protected Channel wrapChannel(Processor processor, @Nullable ProcessorDefinition<?> child)
      throws Exception {
    return wrapChannel(processor, child, child == null);
  }

  private static void surfaceErrorsAtTheBoundary(List<ProcessorDefinition<?>> outputs) {
    for (ProcessorDefinition<?> output : outputs) {
      output.setInheritErrorHandler(false);
      surfaceErrorsAtTheBoundary(output.getOutputs());
    }
  }

  private @Nullable RouteDefinition runbook() {
    for (Object node = definition;
        node instanceof ProcessorDefinition<?> at;
        node = at.getParent()) {
      if (node instanceof RouteDefinition found) {
        return found.getInput() != null
                && found.getInput().getUri() != null
                && found.getInput().getUri().startsWith("runbook:")
            ? found
            : null;
      }
    }
    String from = route == null ? null : route.getEndpoint().getEndpointUri();
    return from != null && from.startsWith("runbook:") ? (RouteDefinition) route.getRoute() : null;
  }

  private boolean ofRecoveryRunbook() {
    return route != null
        && route.getEndpoint() instanceof RunbookEndpoint endpoint
        && endpoint.isRecovery();
  }

  private boolean inRecovery() {
    for (Object node = definition.getParent();
        node instanceof ProcessorDefinition<?> at;
        node = at.getParent()) {
      if (node instanceof OnExceptionDefinition) {
        return true;
      }
    }
    return false;
  }
}
