/* The compiled BPF programs, as bytes of this library. */
        .section .rodata
        .balign 16
        .globl podwire_bpf_object
        .hidden podwire_bpf_object
        .globl podwire_bpf_object_end
        .hidden podwire_bpf_object_end
podwire_bpf_object:
        .incbin PODWIRE_BPF_OBJECT
podwire_bpf_object_end:
        .section .note.GNU-stack,"",%progbits
