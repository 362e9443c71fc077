/**
 * Code identity: a digest of the user code that a task really runs, made from its bytecode. The
 * only package that knows ASM. What counts and why is told in {@code docs/code-identity.md} and
 * {@code docs/adr/0004-code-identity.md} of this module.
 *
 * <p>Start with {@link dev.reprise.cache.code.CodeFingerprinter}; {@link
 * dev.reprise.cache.code.TaskFunction} finds the method to begin with. Inside, from the outside in:
 *
 * <ul>
 *   <li>{@code CodeReader} puts a walk together; {@code MemoKeeper} tells when none is needed.
 *   <li>{@code ClosureWalk} finds what is reached, with {@code ReachedTypes}, {@code
 *       DispatchTable}, {@code Hierarchy} for own code and {@code LibraryWalk} for libraries;
 *       {@code Zones} tells which is which; {@code ClosureParts} gathers the result.
 *   <li>{@code PartReader} and {@code CodeWriter} digest one method, with {@code EnumSwitches},
 *       {@code LocalVariables} and {@code Literals} for what needs a closer look.
 *   <li>{@code ClassSource} and {@code ClassFiles} find and parse class files; {@code LoadTime}
 *       tells which of them cannot be what runs.
 * </ul>
 */
@NullMarked
package dev.reprise.cache.code;

import org.jspecify.annotations.NullMarked;
