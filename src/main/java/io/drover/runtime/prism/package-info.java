/** The door to Prism Central: what the routes in {@code systems/prism.camel.yaml} are made of. */
@NullMarked
package io.drover.runtime.prism;

import org.jspecify.annotations.NullMarked;
