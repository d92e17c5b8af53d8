// The one script of every page: modules start themselves where their attribute stands.
import "./autosave";
import "./ballot";
import "./confirm";
import "./copy";
import "./countdown";
import "./forms";
import "./lazy";
import "./progress";
import "./refused";
import "./signed_out";
import "./sortable";
import "./tables";
import "./tabs";
import "./toasts";
import "./upload";
import "./what_if";
import { activate } from "./lib";

document.documentElement.classList.add("js");
activate();
