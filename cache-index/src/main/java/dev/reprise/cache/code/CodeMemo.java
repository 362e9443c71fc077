package dev.reprise.cache.code;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was found out about code, so that files that did not change are not read again. May
 * lose anything at any time; must not hand out other bytes than were kept.
 */
public interface CodeMemo {
  /** Keeps nothing. */
  CodeMemo NONE =
      new CodeMemo() {
        @Override
        public @Nullable Bytes find(Fingerprint id) {
          return null;
        }

        @Override
        public void keep(Fingerprint id, Bytes record) {}
      };

  /** What was kept under {@code id}; null if nothing. */
  @Nullable Bytes find(Fingerprint id);

  /** Keeps a record of some KiB, in place of an earlier one. */
  void keep(Fingerprint id, Bytes record);
}
