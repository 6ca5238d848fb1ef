//! Reading of commands in their three forms.
