/** The command line: a client of the API, and checks that need no running Drover. */
@NullMarked
package io.drover.cli;

import org.jspecify.annotations.NullMarked;
