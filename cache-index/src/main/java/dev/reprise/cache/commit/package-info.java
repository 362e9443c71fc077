/**
 * The commit protocol: the order in which a finished result becomes visible.
 *
 * <p>Start with {@link dev.reprise.cache.commit.Committer}.
 */
@NullMarked
package dev.reprise.cache.commit;

import org.jspecify.annotations.NullMarked;
