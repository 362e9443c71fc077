package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.Set;

/**
 * What one method is, or one class without a name of its own; without what it calls.
 *
 * @param digest of its normalised bytecode, compiler-made members included
 * @param uses what it does with other code
 * @param consulted packages whose classes were looked at to find that out, as {@code com/acme/}
 */
record Summary(Fingerprint digest, Set<Use> uses, Set<String> consulted) {}
