/** What tests of commands share: a terminal that is none, and a home with something in it. */
@NullMarked
package dev.reprise.cli.testing;

import org.jspecify.annotations.NullMarked;
