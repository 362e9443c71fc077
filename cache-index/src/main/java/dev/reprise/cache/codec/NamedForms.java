package dev.reprise.cache.codec;

import com.esotericsoftware.kryo.kryo5.ClassResolver;
import com.esotericsoftware.kryo.kryo5.Kryo;
import com.esotericsoftware.kryo.kryo5.KryoException;
import com.esotericsoftware.kryo.kryo5.Registration;
import com.esotericsoftware.kryo.kryo5.io.Input;
import com.esotericsoftware.kryo.kryo5.io.Output;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a value is by the name of its form instead of by a number: which numbers a process
 * hands out depends on what else was registered, and a number that means another class elsewhere is
 * read as that class without complaint.
 *
 * <p>A name is written where it is first used and referred to by its place from then on. Reading
 * looks names up among the known forms and never asks a class loader, so bytes cannot make a class
 * load, let alone run.
 */
final class NamedForms implements ClassResolver {
  private static final int NULL = 0;
  private static final int DEFINED_HERE = 1;
  private static final int FIRST_REFERENCE = 2;
  private static final int LONGEST_NAME = 4096;

  private final Forms forms;
  private IdentityHashMap<Form, Integer> written = new IdentityHashMap<>();
  private List<Form> read = new ArrayList<>();

  NamedForms(Forms forms) {
    this.forms = forms;
  }

  /** Runs {@code writing} with no names written yet, so that its bytes stand by themselves. */
  void apart(Runnable writing) {
    IdentityHashMap<Form, Integer> outer = written;
    written = new IdentityHashMap<>();
    try {
      writing.run();
    } finally {
      written = outer;
    }
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Registration writeClass(Output output, @Nullable Class type) {
    if (type == null) {
      output.writeByte(NULL);
      return null;
    }
    Form form = forms.of(type);
    Integer place = written.putIfAbsent(form, written.size());
    if (place != null) {
      output.writeVarInt(FIRST_REFERENCE + place, true);
    } else {
      output.writeByte(DEFINED_HERE);
      Parts.writeText(output, form.name());
      Fingerprint layout = form.layout();
      if (layout != null) {
        output.writeBytes(layout.bytes());
      }
    }
    return form.registration();
  }

  @Override
  public @Nullable Registration readClass(Input input) {
    int place = input.readVarInt(true);
    if (place == NULL) {
      return null;
    }
    if (place != DEFINED_HERE) {
      // a place out of range is the caller's to catch, as all that bytes can do wrong
      return read.get(place - FIRST_REFERENCE).registration();
    }
    String name = Parts.readText(input, LONGEST_NAME);
    Form form = forms.named(name);
    if (form == null) {
      throw new UnknownName(name);
    }
    Fingerprint layout = form.layout();
    if (layout != null && !layout.equals(Fingerprint.of(input.readBytes(Fingerprint.BYTES)))) {
      throw new KryoException("holds a " + name + " as it was before that class changed");
    }
    read.add(form);
    return form.registration();
  }

  /** A class that is not among the forms. */
  static final class UnknownName extends KryoException {
    private static final long serialVersionUID = 1L;

    final String typeName;

    /**
     * @param name of a form: what kind of class it is, and its name
     */
    private UnknownName(String name) {
      super("holds a " + Text.quote(name) + ", which is not registered for this task");
      typeName = name.substring(name.lastIndexOf(' ') + 1);
    }
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Registration getRegistration(Class type) {
    return null; // asked before Kryo registers its own defaults, which must not replace ours
  }

  @Override
  public void reset() {
    written.clear();
    read.clear();
  }

  @Override
  public void setKryo(Kryo kryo) {}

  @Override
  public Registration register(Registration registration) {
    return registration; // of Kryo's own defaults, which are not used
  }

  @Override
  public @Nullable Registration unregister(int classId) {
    return null;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public Registration registerImplicit(Class type) {
    throw new Unencodable(Refusals.notRegistered(type));
  }

  @Override
  public @Nullable Registration getRegistration(int classId) {
    return null;
  }
}
