package io.drover.runtime;

import java.util.function.Supplier;
import org.apache.camel.Component;

/**
 * A source of events that is Drover's own, for routes that start runbooks.
 *
 * @param scheme what such a route's {@code from} begins with
 * @param make one for each Camel: the running one, and those that files are tried out in
 */
public record TriggerComponent(String scheme, Supplier<Component> make) {}
