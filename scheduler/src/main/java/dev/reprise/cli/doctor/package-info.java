/**
 * {@code reprise doctor}: what a person would look at first when something does not work.
 *
 * <p>Start with {@link dev.reprise.cli.doctor.DoctorCommand}.
 */
@NullMarked
package dev.reprise.cli.doctor;

import org.jspecify.annotations.NullMarked;
