package dev.reprise.cli.base;

import dev.reprise.cache.base.Text;
import dev.reprise.config.UsageException;
import java.util.Iterator;
import java.util.List;

/** The few words that an option or argument may be; shells complete them. */
public class Words implements Iterable<String> {
  private final List<String> words;

  protected Words(String... words) {
    this.words = List.of(words);
  }

  /**
   * Returns {@code word} if it is one of these.
   *
   * @param of the option or argument, for people
   * @throws UsageException if it is not
   */
  public final String check(String of, String word) {
    if (!words.contains(word)) {
      throw new UsageException(
          "%s cannot be %s, wanted one of %s"
              .formatted(of, Text.quote(word), String.join(", ", words)));
    }
    return word;
  }

  @Override
  public final Iterator<String> iterator() {
    return words.iterator();
  }
}
