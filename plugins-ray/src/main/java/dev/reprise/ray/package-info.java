/** Runs tasks on Ray: the factories a user calls, the dispatcher, what its failures mean. */
@NullMarked
package dev.reprise.ray;

import org.jspecify.annotations.NullMarked;
