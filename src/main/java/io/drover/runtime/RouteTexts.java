package io.drover.runtime;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.RouteConfigurationsBuilder;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteBuilderLifecycleStrategy;
import org.apache.camel.model.Model;
import org.apache.camel.model.ModelLifecycleStrategySupport;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Adds the routes of texts to a Camel. Before Camel adds a route it removes the one that has its
 * id, and looks for that through all services of every route that is up, even when no route has it:
 * with hundreds of files that is nearly all the time that they take. And a route that is about to
 * be renamed must not remove a live one. So routes come to Camel without their ids, and get them
 * back as they are added. An id that is there already is refused.
 */
final class RouteTexts {
  private final CamelContext context;
  private final Map<RouteDefinition, String> ids = new IdentityHashMap<>();

  RouteTexts(CamelContext context) {
    this.context = context;
    context
        .getCamelContextExtension()
        .getContextPlugin(Model.class)
        .addModelLifecycleStrategy(
            new ModelLifecycleStrategySupport() {
              @Override
              public void onAddRouteDefinition(RouteDefinition route) {
                String id = ids.remove(route);
                if (id != null) {
                  route.setId(id);
                }
              }
            });
  }

  /**
   * Adds what one text has, all of it or, when this throws, perhaps some.
   *
   * @param name ends in .yaml, or Camel looks for another reader
   */
  void add(String name, String text) throws Exception {
    try {
      for (RoutesBuilder builder :
          PluginHelper.getRoutesLoader(context)
              .findRoutesBuilders(List.of(ResourceHelper.fromString(name, text)))) {
        if (builder instanceof RouteBuilder routes) {
          routes.addLifecycleInterceptor(new WithoutIds());
        }
        if (builder instanceof RouteConfigurationsBuilder configurations) {
          context.addRoutesConfigurations(configurations);
        }
        context.addRoutes(builder);
      }
    } finally {
      ids.clear();
    }
  }

  private final class WithoutIds implements RouteBuilderLifecycleStrategy {
    @Override
    public void afterConfigure(RouteBuilder builder) {
      for (RouteDefinition route : builder.getRouteCollection().getRoutes()) {
        @Nullable String id = route.getId();
        if (id != null) {
          ids.put(route, id);
          route.setId(null);
        }
      }
    }
  }
}
