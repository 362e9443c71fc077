/**
 * What must hold of the code as a whole, checked on its class files: which package may use which,
 * what none may use, and what each module promises to its users.
 *
 * <p>Here, because only this module sees all others. Start with {@link
 * dev.reprise.architecture.House}.
 */
@NullMarked
package dev.reprise.architecture;

import org.jspecify.annotations.NullMarked;
