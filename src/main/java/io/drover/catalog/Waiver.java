package io.drover.catalog;

/**
 * A rule that a file breaks knowingly, and why. Written as the {@code note} of a route or a block:
 * {@code waives RULE: REASON}; it holds for what stands inside.
 *
 * @param route id of the route it stands in
 */
public record Waiver(String file, int line, String route, String rule, String reason) {}
