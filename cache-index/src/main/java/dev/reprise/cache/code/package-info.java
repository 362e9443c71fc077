/**
 * Code identity: a digest of the user code that a task really runs, made from its bytecode. The
 * only package that knows ASM.
 *
 * <p>Start with {@code dev.reprise.cache.code.CodeFingerprinter}.
 */
@NullMarked
package dev.reprise.cache.code;

import org.jspecify.annotations.NullMarked;
