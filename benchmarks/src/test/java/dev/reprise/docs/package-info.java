/**
 * What the documentation tells people to write and to type, written and typed. Begin with {@link
 * dev.reprise.docs.OwnProjectTest}.
 */
@NullMarked
package dev.reprise.docs;

import org.jspecify.annotations.NullMarked;
